// Empty jobs through BullMQ on a Redis of its own (append-only file, synced every second): for every line "COUNT" on standard input it adds so many,
// waits until all are completed, and prints the seconds.
//   node bullmq.mjs IN_FLIGHT
import { spawn, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';

const inFlight = Number(process.argv[2]);
const queueName = 'empty';

if (process.argv[3]) {
  const worker = new Worker(queueName, async () => null, { connection: { port: Number(process.argv[3]) }, concurrency: inFlight });
  let completed = 0;
  let expected = Infinity;
  const tell = () => { if (completed >= expected) { process.send('done'); completed = 0; expected = Infinity; } };
  worker.on('completed', () => { completed++; tell(); });
  process.on('message', count => { expected = count; tell(); });
  await worker.waitUntilReady();
  process.send('ready');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sora-bench-bullmq-'));
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'], { stdio: 'ignore' });
  const queue = new Queue(queueName, { connection: { port }, defaultJobOptions: { removeOnComplete: false } });
  await queue.waitUntilReady();
  const worker = fork(process.argv[1], [`${inFlight}`, `${port}`]);
  await message(worker);
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const count = Number(line);
    const started = process.hrtime.bigint();
    worker.send(count);
    let next = 0;
    await Promise.all(Array.from({ length: inFlight }, async () => { while (next++ < count) await queue.add('empty', {}); }));
    await message(worker);
    console.log(Number(process.hrtime.bigint() - started) / 1e9);
  }
  worker.kill();
  await queue.close();
  redis.kill();
  redis.on('exit', () => rmSync(folder, { recursive: true }));
}

function message(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', code => reject(new Error(`The worker ended with ${code}.`)));
  });
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
