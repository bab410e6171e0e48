import type { Call } from '../../src/domain/call/call';
import type { Extension } from '../../src/domain/extension/extension';
import type { PhoneNumber } from '../../src/domain/ids';
import type { CommandType, Input } from '../../src/domain/input';
import type { Condition } from '../../src/domain/queue/condition';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { Aggregates, Kind } from '../../src/domain/world';
import type { Once } from '../../src/ports/call-center';
import type { Disk } from '../support/memory-storage/memory-storage';
import type { SeededRandom } from './seeded-random';

/** What is asked, with a key or without one. */
export type Request = { readonly command: Input<CommandType>; readonly once: Once | undefined };

/** What everything has that the request starts. */
type Mark = { readonly number: PhoneNumber; readonly text: string };
type Marked = { readonly command: Input<CommandType>; readonly started: (disk: Disk) => number };
type Keyed = Marked & { readonly once: Once; answer: string | undefined };

/** How often a request has a key that could have one, and how often something is asked once more. */
const WITH_KEY = 0.5;
const ONCE_MORE = 0.1;
/** Nobody repeats what is long past. */
const REMEMBERED = 20;

/** A client that sends requests again, with their keys: those that were not answered above all. */
export class RepeatingClient {
  private readonly requests: Keyed[] = [];

  constructor(private readonly random: SeededRandom) {}

  /** What is asked again, or else `ask`, with a key if it starts something. */
  next(ask: () => Input<CommandType>): Request {
    const { random } = this;
    const latest = this.requests.slice(-REMEMBERED);
    if (latest.length > 0 && random.chance(ONCE_MORE)) {
      const unanswered = latest.filter(({ answer }) => answer === undefined);
      return random.pick(unanswered.length > 0 && random.chance(0.7) ? unanswered : latest);
    }
    const command = ask();
    const marked = random.chance(WITH_KEY) ? this.marked(command) : undefined;
    if (marked === undefined) return { command, once: undefined };
    const key = `key ${this.requests.length}`;
    const request = { ...marked, once: { key, fingerprint: JSON.stringify(command) }, answer: undefined };
    this.requests.push(request);
    return request;
  }

  /** Its sender has not heard that it was carried out. */
  isLeftUnanswered({ once, command }: Request, disk: Disk): boolean {
    const request = this.requests.find((each) => each.once === once);
    return (
      request?.answer === undefined && once !== undefined && disk.answers.find(command.app, once.key) !== undefined
    );
  }

  /** @returns what is wrong with the answer. */
  answered({ once, command }: Request, answer: unknown): readonly string[] {
    const request = this.requests.find((each) => each.once === once);
    if (request === undefined) return [];
    const text = JSON.stringify(answer);
    const before = (request.answer ??= text);
    return before === text
      ? []
      : [`${command.type} with ${request.once.key} was answered ${before}, then ${text}`];
  }

  /** Everything that was started more than once. */
  startedTwice(disk: Disk): readonly string[] {
    return this.requests
      .map(({ command, once, started }) => ({ name: `${command.type} with ${once.key}`, times: started(disk) }))
      .filter(({ times }) => times > 1)
      .map(({ name, times }) => `${name} was started ${times} times`);
  }

  /** Everything that the request starts can be told from all else. */
  private marked(command: Input<CommandType>): Marked | undefined {
    const serial = this.requests.length;
    const mark = {
      number: `+86130${String(serial).padStart(8, '0')}` as PhoneNumber,
      text: `started by ${serial}`,
    };
    return MARKS.map((each) => each(command, mark)).find((each) => each !== undefined);
  }
}

const MARKS = [markCall, markTask, markCondition, markExtension];

function markCall(command: Input<CommandType>, { number }: Mark): Marked | undefined {
  if (command.type !== 'call-out' && command.type !== 'invite-out' && command.type !== 'transfer-out') {
    return undefined;
  }
  const isTo = ({ party }: Call): boolean => party.kind === 'outside' && party.telnumber === number;
  return { command: { ...command, to: number }, started: (disk) => recorded(disk, 'calls').filter(isTo).length };
}

function markTask(command: Input<CommandType>, { text }: Mark): Marked | undefined {
  if (
    command.type !== 'call-agent' &&
    command.type !== 'invite-agent' &&
    command.type !== 'transfer-to-agent' &&
    command.type !== 'forward-to-agent'
  ) {
    return undefined;
  }
  const isFor = ({ enqueue }: QueueTask): boolean => enqueue.userData === text;
  return {
    command: { ...command, enqueue: { ...command.enqueue, userData: text } },
    started: (disk) => recorded(disk, 'queueTasks').filter(isFor).length,
  };
}

function markCondition(command: Input<CommandType>, { text }: Mark): Marked | undefined {
  if (command.type !== 'create-condition') return undefined;
  const isIt = ({ remark }: Condition): boolean => remark === text;
  return {
    command: { ...command, remark: text },
    started: (disk) => recorded(disk, 'conditions').filter(isIt).length,
  };
}

/** A terminal that Asterisk has refused may be asked for again, and has no mark. */
function markExtension(command: Input<CommandType>, { number }: Mark): Marked | undefined {
  if (command.type !== 'create-extension') return undefined;
  if (command.line.type !== '3') return { command, started: () => 1 };
  const isIt = ({ line }: Extension): boolean => line.type === '3' && line.telnum === number;
  return {
    command: { ...command, line: { ...command.line, telnum: number } },
    started: (disk) => recorded(disk, 'extensions').filter(isIt).length,
  };
}

function recorded<Of extends Kind>(disk: Disk, kind: Of): readonly Aggregates[Of][] {
  const rows = [...disk.aggregates.values()].filter((row) => row.kind === kind);
  return rows.map(({ state }) => JSON.parse(state) as Aggregates[Of]);
}
