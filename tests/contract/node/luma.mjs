// What node programs do with Luma's API: npm `lumaai`, and Vercel's client for pictures. Prints what they got.
import { LumaAI } from "lumaai";
import { createLuma } from "@ai-sdk/luma";
import { generateImage } from "ai";

const { ADDRESS, KEY } = process.env;
const luma = new LumaAI({ authToken: KEY, baseURL: `${ADDRESS}/dream-machine/v1`, maxRetries: 0 });
let made = await luma.generations.create({ model: "ray-2", prompt: "a ball", resolution: "540p", duration: "1s" });
while (!["completed", "failed"].includes(made.state)) {
  await new Promise((next) => setTimeout(next, 200));
  made = await luma.generations.get(made.id);
}
const film = await fetch(made.assets.video);
const listed = await luma.generations.list();
const refused = await luma.generations
  .create({ model: "ray-2", prompt: "a ball", concepts: [{ key: "bolt_cam" }] })
  .catch((error) => error);

const pictures = createLuma({ apiKey: KEY, baseURL: ADDRESS });
const { image } = await generateImage({
  model: pictures.image("photon-1"),
  prompt: "a ball",
  aspectRatio: "1:1",
  maxRetries: 0,
});
const unreadable = await generateImage({
  model: pictures.image("photon-1"),
  prompt: "a ball",
  aspectRatio: "5:1",
  maxRetries: 0,
}).catch((error) => error);

console.log(
  JSON.stringify({
    state: made.state,
    film: [film.status, (await film.arrayBuffer()).byteLength],
    listed: listed.generations.length,
    refused: [refused.status, refused.error.detail[0].loc],
    picture: [image.mediaType, image.uint8Array.length],
    told: unreadable.message,
  }),
);
