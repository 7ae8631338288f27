// The Vercel AI SDK's Google provider: makes a video from words and a picture, and downloads it. Prints what it got.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { experimental_generateVideo as generateVideo } from "ai";

const [baseURL, apiKey, picture] = process.argv.slice(2);
const google = createGoogleGenerativeAI({ baseURL: `${baseURL}/v1beta`, apiKey });
// its own downloader takes no address of this machine
const download = async ({ url }) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return { data: new Uint8Array(await answer.arrayBuffer()), mediaType: answer.headers.get("content-type") };
};
const { videos } = await generateVideo({
  model: google.video("veo-3.1-generate-preview"),
  prompt: { image: readFileSync(picture), text: "a red ball" },
  n: 2,
  aspectRatio: "16:9",
  resolution: "1280x720",
  duration: 4,
  seed: 5,
  download,
  providerOptions: { google: { pollIntervalMs: 100, negativePrompt: "rain", personGeneration: "allow_adult" } },
});
const refused = await generateVideo({
  model: google.video("veo-3.1-generate-preview"),
  prompt: "a",
  maxRetries: 0,
  providerOptions: { google: { compressionQuality: "LOSSLESS" } },
}).catch((error) => ({ message: error.message, status: error.statusCode }));
const hashes = videos.map((video) => createHash("sha256").update(video.uint8Array).digest("hex"));
console.log(JSON.stringify({ hashes, refused }));
