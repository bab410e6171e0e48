import type { Input } from '../../src/domain/input';
import { Refusal } from '../../src/domain/refusal';
import { WayOut } from '../../src/runtime/way-out';
import { settled, VirtualTime } from '../simulation/virtual-time';
import type { Logger } from '../../src/ports/system';
import { callAgent, callOut, exit } from '../support/agent-operations';
import { aTalk } from '../support/agent-talks';
import { ANN, BOB } from '../support/happenings';

/** A talk of ann's with a caller; bob is idle. */
function given() {
  const { day, conversation, caller } = aTalk();
  const time = new VirtualTime();
  const lines: unknown[] = [];
  const logger: Logger = {
    info: (message, fields) => void lines.push([message, fields]),
    warn: () => undefined,
    error: () => undefined,
  };
  const wayOut = new WayOut(day.world, time.clockOf('service'), logger);
  const isRefused = (command: Input<'call-out' | 'call-agent' | 'exit'>): boolean => {
    try {
      wayOut.admit(command);
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect((error as Refusal).reason).toBe('busy');
      return true;
    }
  };
  return { day, conversation, caller, time, lines, wayOut, isRefused };
}

test('given it serves, it takes everybody and every command', () => {
  const { wayOut, isRefused } = given();
  expect([wayOut.takesCallers, wayOut.obstacles(), isRefused(callOut(BOB))]).toEqual([true, [], false]);
});

test('given it drains, callers are not taken and nobody begins a talk, but those who talk may consult and leave', () => {
  const { wayOut, conversation, isRefused } = given();
  void wayOut.drain();

  expect(wayOut.takesCallers).toBe(false);
  expect(wayOut.obstacles()).toEqual([
    { zh: expect.stringContaining('交谈 1、'), en: expect.stringContaining('1 conversations') },
  ]);
  expect([callOut(BOB), callAgent(BOB)].map(isRefused)).toEqual([true, true]);
  expect([callOut(ANN), callAgent(ANN), exit(ANN, conversation)].map(isRefused)).toEqual([false, false, false]);
});

test('given it drains, it tells every ten seconds how many are left, and is through when nobody is', async () => {
  const { wayOut, day, conversation, time, lines } = given();
  let isThrough = false;
  void wayOut.drain().then(() => (isThrough = true));
  await time.idle(25_000);
  expect([isThrough, lines.length]).toEqual([false, 3]);
  expect(lines[0]).toEqual([
    'waiting for those who are being served',
    { conversations: 1, queueTasks: 0, calls: 2 },
  ]);

  day.take({ type: 'dissolve', app: conversation.app, conversationId: conversation.id });
  for (const { channelId } of [...day.world.calls.values()]) day.take({ type: 'leg-ended', channelId, cause: 16 });
  await time.idle(1_000);
  await settled();
  expect(isThrough).toBe(true);
});

test('given it stops, every command is refused, and no drain is waited for any longer', async () => {
  const { wayOut, conversation, time, isRefused } = given();
  let isThrough = false;
  void wayOut.drain().then(() => (isThrough = true));
  wayOut.stop();
  await time.idle(1_000);

  expect([isThrough, isRefused(exit(ANN, conversation))]).toEqual([true, true]);
});
