import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** In a thread of its own, so that it holds no phone up. Plain JavaScript. */
const RECEIVER = `
const { parentPort } = require('node:worker_threads');
let received = 0;
const server = require('node:http').createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    received++;
    response.end();
  });
});
parentPort.on('message', () => parentPort.postMessage(received));
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Takes events, and answers each with 200. */
export class WebhookReceiver {
  private constructor(
    private readonly worker: Worker,
    readonly url: string,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const worker = new Worker(RECEIVER, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    return new WebhookReceiver(worker, `http://127.0.0.1:${port}/`);
  }

  /** How many have come so far. */
  async received(): Promise<number> {
    this.worker.postMessage('');
    const [count] = (await once(this.worker, 'message')) as [number];
    return count;
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
