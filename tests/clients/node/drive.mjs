// Drives a server with the official client library, unmodified.
// Usage: node drive.mjs BASE_URL KEY OTHER_KEY CLIP_SHA256
// The server's worker completes what is asked for, and fails prompts that contain "fail".
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';

const [baseURL, apiKey, otherKey, clipSha256] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 60_000 });

/** The polling loop of the library's documentation, with the server's own interval. */
async function finished(video) {
  while (video.status === 'queued' || video.status === 'in_progress') {
    const { data, response } = await client.videos.retrieve(video.id).withResponse();
    await sleep(Math.min(200, Number(response.headers.get('openai-poll-after-ms') ?? 0)));
    video = data;
  }
  return video;
}

const refused = (status, code, param) => (error) => {
  assert.ok(error instanceof OpenAI.APIError, String(error));
  assert.equal(error.status, status);
  assert.equal(error.code, code);
  if (param !== undefined) assert.equal(error.param, param);
  assert.match(error.requestID, /^req_/);
  return true;
};

/** A second of ffmpeg's test picture, encoded as the arguments say. */
const testMedia = (...args) => execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x48:d=1:r=4', ...args, 'pipe:1']);

const testClip = () => testMedia('-pix_fmt', 'yuv420p', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4');

const scenarios = {
  async 'create, poll, download, variants'() {
    const created = await client.videos.create({ prompt: 'a red ball bounces', model: 'sora-2', seconds: '4', size: '1280x720' });
    assert.match(created.id, /^video_/);
    assert.equal(created.model, 'sora-2');
    const video = await finished(created);
    assert.equal(video.status, 'completed');
    assert.equal(video.progress, 100);
    assert.equal(video.error, null);
    const hash = createHash('sha256');
    for await (const chunk of (await client.videos.downloadContent(video.id)).body) hash.update(chunk);
    assert.equal(hash.digest('hex'), clipSha256);
    const picture = await client.videos.downloadContent(video.id, { variant: 'thumbnail' });
    assert.equal(picture.headers.get('content-type'), 'image/jpeg');
  },

  async 'list pages through everything'() {
    const made = new Set();
    for (let i = 0; i < 5; i++) made.add((await client.videos.create({ prompt: `ball ${i}` })).id);
    const seen = [];
    for await (const video of client.videos.list({ limit: 2 })) seen.push(video.id);
    assert.equal(new Set(seen).size, seen.length);
    for (const id of made) assert.ok(seen.includes(id));
  },

  async 'delete, then it is gone'() {
    const video = await client.videos.create({ prompt: 'x' });
    assert.deepEqual(await client.videos.delete(video.id), { id: video.id, object: 'video.deleted', deleted: true });
    await assert.rejects(client.videos.retrieve(video.id), refused(404, 'not_found'));
  },

  async 'a failed video says why'() {
    const video = await finished(await client.videos.create({ prompt: 'please fail' }));
    assert.equal(video.status, 'failed');
    assert.equal(video.error.code, 'media_failed');
  },

  async 'refusals are typed'() {
    await assert.rejects(client.videos.create({ prompt: '' }), refused(400, 'invalid_request_error', 'prompt'));
    await assert.rejects(client.videos.create({ prompt: 'x', seconds: '99' }), refused(400, 'invalid_request_error', 'seconds'));
    await assert.rejects(client.videos.create({ prompt: 'x', model: 'nope' }), refused(400, 'invalid_request_error', 'model'));
    const stranger = new OpenAI({ baseURL, apiKey: 'sora_wrong', maxRetries: 0 });
    await assert.rejects(stranger.videos.list(), (e) => e instanceof OpenAI.AuthenticationError && refused(401, 'invalid_api_key')(e));
  },

  async 'clips from clips'() {
    const source = await finished(await client.videos.create({ prompt: 'x', seconds: '2' }));
    const remix = await finished(await client.videos.remix(source.id, { prompt: 'y' }));
    assert.equal(remix.status, 'completed');
    assert.equal(remix.remixed_from_video_id, source.id);
    const edit = await finished(await client.videos.edit({ prompt: 'bluer', video: { id: source.id } }));
    assert.equal(edit.status, 'completed');
    const longer = await finished(await client.videos.extend({ prompt: 'y', seconds: '4', video: { id: source.id } }));
    assert.equal(longer.seconds, '6');
  },

  async 'a clip from a picture'() {
    const png = testMedia('-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe');
    const file = (bytes) => toFile(bytes, 'picture.png', { type: 'image/png' });
    const sent = await finished(await client.videos.create({ prompt: 'x', input_reference: await file(png) }));
    assert.equal(sent.status, 'completed');
    const url = `data:image/png;base64,${png.toString('base64')}`;
    const told = await finished(await client.videos.create({ prompt: 'x', input_reference: { image_url: url } }));
    assert.equal(told.status, 'completed');
    const damaged = refused(400, 'invalid_request_error', 'input_reference');
    await assert.rejects(client.videos.create({ prompt: 'y', input_reference: await file(png.subarray(0, 100)) }), damaged);
  },

  async 'clips from an uploaded clip'() {
    const clip = () => toFile(testClip(), 'clip.mp4', { type: 'video/mp4' });
    const edit = await finished(await client.videos.edit({ prompt: 'y', video: await clip() }));
    assert.deepEqual([edit.status, edit.seconds], ['completed', '1']);
    const longer = await finished(await client.videos.extend({ prompt: 'y', seconds: '4', video: await clip() }));
    assert.deepEqual([longer.status, longer.seconds], ['completed', '5']);
    const damaged = toFile(testClip().subarray(0, 200), 'clip.mp4', { type: 'video/mp4' });
    await assert.rejects(client.videos.edit({ prompt: 'y', video: await damaged }), refused(400, 'invalid_request_error', 'video'));
  },

  async 'what the pack cannot do is refused'() {
    const clip = () => toFile(testClip(), 'clip.mp4', { type: 'video/mp4' });
    const no = refused(400, 'unsupported_by_model');
    await assert.rejects(client.videos.createCharacter({ name: 'Mia', video: await clip() }), no);
    await assert.rejects(client.videos.getCharacter('char_1'), refused(404, 'not_found'));
  },

  async 'models'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.deepEqual(ids, ['tiny']);
    assert.equal((await client.models.retrieve('sora-2')).id, 'sora-2');
  },

  async 'a repeated POST is one job'() {
    const options = { headers: { 'Idempotency-Key': 'node-1' } };
    const first = await client.videos.create({ prompt: 'once' }, options);
    const second = await client.videos.create({ prompt: 'once' }, options);
    assert.equal(first.id, second.id);
    await assert.rejects(client.videos.create({ prompt: 'twice' }, options), refused(409, 'idempotency_conflict'));
  },

  async 'the library retries a 429 by Retry-After'() {
    const patient = new OpenAI({ baseURL, apiKey: otherKey, maxRetries: 0 });
    for (;;) {
      const refusal = await patient.models.list().then(() => null, (e) => e);
      if (refusal) {
        assert.ok(refusal instanceof OpenAI.RateLimitError);
        break;
      }
    }
    await patient.models.list({ maxRetries: 5 });
  },

  async 'abort'() {
    const controller = new AbortController();
    const pending = client.videos.create({ prompt: 'x' }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(pending, OpenAI.APIUserAbortError);
  },

  async 'webhook deliveries unwrap'() {
    const received = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        received.push({ body, headers: request.headers });
        // The first try is refused: it must come again.
        response.writeHead(received.length === 1 ? 500 : 204).end();
      });
    });
    await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${receiver.address().port}/hook`;
      const webhook = await client.post('/webhooks', { body: { url, events: ['video.completed'] } });
      const video = await client.videos.create({ prompt: 'tell me' });
      while (received.length < 2) await sleep(50);
      for (const { body, headers } of received) {
        const event = await client.webhooks.unwrap(body, headers, webhook.secret);
        assert.equal(event.type, 'video.completed');
        assert.equal(event.data.id, video.id);
      }
      assert.equal(received[0].headers['webhook-id'], received[1].headers['webhook-id']);
      const forged = { ...received[0].headers, 'webhook-signature': 'v1,' + Buffer.alloc(32).toString('base64') };
      await assert.rejects(client.webhooks.unwrap(received[0].body, forged, webhook.secret));
      await client.delete(`/webhooks/${webhook.id}`);
    } finally {
      receiver.close();
    }
  },
};

for (const [name, run] of Object.entries(scenarios)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`not ok ${name}`);
    console.error(error);
    process.exitCode = 1;
  }
}
