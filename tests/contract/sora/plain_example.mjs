// What people's scripts do with the client for node; run against OPENAI_BASE_URL.
import fs from "node:fs";
import crypto from "node:crypto";
import OpenAI from "openai";

const [picture, clip] = process.argv.slice(2);
const client = new OpenAI({ webhookSecret: "whsec_" + Buffer.from("0".repeat(32)).toString("base64") });
const poll = async (video) => {
  while (["queued", "in_progress"].includes(video.status)) {
    await new Promise((wake) => setTimeout(wake, 50));
    video = await client.videos.retrieve(video.id);
  }
  return video;
};

const first = await poll(await client.videos.create({ prompt: "a red ball", seconds: "4", size: "1280x720" }));
const file = await client.files.create({ file: fs.createReadStream(picture), purpose: "vision" });
const byId = await poll(await client.videos.create({ prompt: "a ball", input_reference: { file_id: file.id } }));
const longer = await poll(await client.videos.extend({ prompt: "on", seconds: "4", video: { id: first.id } }));
const edited = await poll(await client.videos.edit({ prompt: "blue", video: fs.createReadStream(clip) }));
const content = Buffer.from(await (await client.videos.downloadContent(first.id)).arrayBuffer());
let refused = "";
try {
  await client.videos.create({ prompt: "a", seconds: "1000" });
} catch (error) {
  refused = `${error.constructor.name} ${error.param}`;
}

const body = JSON.stringify({ id: "evt_1", object: "event", type: "video.completed", created_at: 1, data: { id: "v" } });
const now = String(Math.floor(Date.now() / 1000));
const signature = crypto.createHmac("sha256", "0".repeat(32)).update(`evt_1.${now}.${body}`).digest("base64");
const headers = { "webhook-id": "evt_1", "webhook-timestamp": now, "webhook-signature": `v1,${signature}` };
const event = await client.webhooks.unwrap(body, headers);

const statuses = [first, byId, longer, edited].map((video) => video.status);
console.log(JSON.stringify({ statuses, whole: longer.seconds, bytes: content.length > 0, refused, event: event.type }));
