import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** By these settings the service sends its events there, signed. */
export const sendingTo = (url: string): Readonly<Record<string, string>> => ({
  PARLEY_CALLBACK_URL: url,
  PARLEY_CALLBACK_SECRETS: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
});

/** In a thread of its own, so that it holds no phone up. Plain JavaScript. */
const RECEIVER = `
const { parentPort } = require('node:worker_threads');
const server = require('node:http').createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end());
});
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

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
