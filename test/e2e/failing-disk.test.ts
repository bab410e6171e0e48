import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../scripts/asterisk/run-command';
import { smallDisk, withMounts } from '../support/own-mounts';
import { aTalk } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const ROOM = 4 * 1024 * 1024;

let folder: string;
let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-disk-'));
  parley = await Parley.start({
    settings: { PARLEY_DATA: folder },
    command: (plain) => withMounts(smallDisk(String(ROOM)), folder, plain),
  });
  agent = await parley.agentAtPhone(700, { manner: { answerAfter: 0 } });
}, 120_000);
afterAll(async () => {
  await parley?.stop();
  await rm(folder, { recursive: true });
}, 30_000);

/** A file on the disk, which nobody but the service sees. */
const filling = (): string => `/proc/${parley.servicePid}/root${folder}/filling`;

async function fill(): Promise<void> {
  await expect(writeFile(filling(), Buffer.alloc(2 * ROOM))).rejects.toThrow('ENOSPC');
}

/** How long a file may become that the service writes: what it writes behind that fails with an I/O error. */
async function limitFiles(bytes: string): Promise<void> {
  await runCommand('prlimit', ['--pid', String(parley.servicePid), `--fsize=${bytes}:unlimited`]);
}

test.each<[what: string, away: () => Promise<void>, back: () => Promise<void>]>([
  ['becomes full', fill, async () => rm(filling())],
  ['fails, and the log with it,', async () => limitFiles('0'), async () => limitFiles('unlimited')],
])(
  'given a disk that %s under a live call, it goes on, commands are refused, and all is on record when it is well again',
  async (_, away, back) => {
    const { id, customer, leg } = await aTalk(parley, agent);
    await away();
    const noticed = parley.post(`conversation/${id}/agent/${agent.name}/lsm`, { mode: 3 });
    try {
      await parley.until(
        async () => (await parley.whyNotReady())?.includes('the store cannot be reached or written'),
        'it is not ready, and says why',
      );
      const refused = await fetch(`${parley.url}/v1/callcenter/agent/${agent.name}/state`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state: 'busy' }),
      });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await refused.json()).toMatchObject({ code: '000004' });
      await Promise.all([customer.hears([700]), leg.hears([400])]);
    } finally {
      await back();
    }
    await parley.until(async () => parley.isReady(), 'it is ready');
    expect(await noticed).toBe(true);
    await Promise.all([customer.hears([700]), leg.hearsNothing()]);
    await customer.hangUp();
    await leg.ended();
    await parley.untilState(agent, 'idle');
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
    await parley.untilNothingIsLeft();
  },
  60_000,
);
