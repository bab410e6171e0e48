import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aCertificate } from '../support/certificate';
import { CUSTOMER } from './floor';
import { Parley } from './parley';

const [TRUSTED, STRANGE] = [aCertificate('localhost'), aCertificate('localhost')];
/** Each has an event of its own, and so many failures in a row are told by the log. */
const CALLERS = 8;

const told: string[] = [];
const receiver = createServer(STRANGE, (request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    told.push((JSON.parse(body) as { readonly event: string }).event);
    response.writeHead(204).end();
  });
});
let folder: string;
let parley: Parley;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-https-'));
  const authorities = join(folder, 'authorities.pem');
  await writeFile(authorities, TRUSTED.cert);
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  parley = await Parley.start({
    settings: {
      NODE_EXTRA_CA_CERTS: authorities,
      PARLEY_CALLBACK_URL: `https://localhost:${(receiver.address() as AddressInfo).port}/hook?key=canary`,
      PARLEY_CALLBACK_SECRETS: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    },
  });
}, 120_000);
afterAll(async () => {
  await parley.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await rm(folder, { recursive: true });
}, 30_000);

/** The first line of the service's log with this message, once it is there. */
async function line(message: string): Promise<unknown> {
  const find = async () => (await parley.serviceLog()).split('\n').find((each) => each.includes(`"${message}"`));
  return JSON.parse(await parley.until(find, `the log has: ${message}`, 20_000));
}

test('given a receiver of https, events reach it as soon as its certificate is one that is trusted, and not before', async () => {
  const url = `https://localhost:${(receiver.address() as AddressInfo).port}/hook`;
  for (let count = 0; count < CALLERS; count++) {
    await parley.farm.call({ from: CUSTOMER, to: '7nobody', tone: 400 });
  }
  const problem = 'self-signed certificate';
  expect(await line('events are not delivered, trying again')).toMatchObject({ level: 'warn', url, problem });
  expect(told).toEqual([]);

  receiver.setSecureContext(TRUSTED);
  await parley.until(async () => told.length >= CALLERS, 'all events have arrived', 20_000);
  expect(told).toEqual(Array.from({ length: CALLERS }, () => 'callcenter.queue.fail'));
  expect(await line('events are delivered again')).toMatchObject({ url });
  expect(await parley.serviceLog()).not.toContain('canary');
});
