// The library, unmodified, against a server whose queue is too long at the first try.
// Usage: node busy.mjs BASE_URL
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'any', timeout: 60_000 });
await assert.rejects(
  client.videos.create({ prompt: 'x', seconds: '99' }, { maxRetries: 0 }),
  (error) => error.status === 400, // the queue is not asked for what is refused anyway
);
const video = await client.videos.create({ prompt: 'x' });
assert.equal(video.status, 'queued');
