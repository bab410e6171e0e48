import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { HttpCallbacks } from '../../src/adapters/webhook/http-callbacks';
import { aCertificate } from '../support/certificate';
import { anEventRecord } from '../support/recording-events';

const EVENT = anEventRecord(1);
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** Posts the event to `server` by https: why it has not arrived. */
async function problemWith(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const callbacks = new HttpCallbacks('any', 1_000);
  closing.push(
    () => callbacks.close(),
    () => server.close(),
  );
  const url = `https://localhost:${(server.address() as AddressInfo).port}/hook?key=1`;
  return callbacks.post({ app: EVENT.app, url, secrets: [Buffer.alloc(32, 1)] }, EVENT).then(
    () => 'none',
    (error: Error) => error.message,
  );
}

test('given a receiver whose certificate nobody vouches for, it is a failure that says so, and nothing is sent', async () => {
  let requests = 0;
  const server = createHttpsServer(aCertificate('localhost'), (_, response) => {
    requests++;
    response.end();
  });

  expect(await problemWith(server)).toBe('self-signed certificate');
  expect(requests).toBe(0);
});

test('given a receiver that speaks no TLS, it is a failure', async () => {
  expect(await problemWith(createHttpServer((_, response) => response.end()))).toMatch(/SSL routines/);
});

test('given a receiver that does not answer when TLS begins, it is a failure in time', async () => {
  expect(await problemWith(createServer())).toBe('no answer within 1000 ms');
});
