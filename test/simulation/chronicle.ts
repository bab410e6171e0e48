import type { Call } from '../../src/domain/call/call';
import type { AppId, EventId } from '../../src/domain/ids';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { EventRecord } from '../../src/ports/events';
import { DEFAULT, OTHER } from './cast';
import type { SimulatedAsterisk } from './simulated-asterisk';
import type { SimulatedService } from './simulated-service';

/** What is told of a caller who names an application that there is not is told in that. */
const APPS = [DEFAULT, OTHER, 'nobodys' as AppId];

/** An event, as far as it is looked at here. `id`: of a queue task or conversation; `name`: of an agent. */
type Told = {
  readonly event: string;
  readonly sequence: number;
  readonly id?: string;
  readonly name?: string;
  readonly previous_state?: string;
  readonly latest_state?: string;
};

const LAST = new Set(['callcenter.queue.success', 'callcenter.queue.fail', 'callcenter.conversation.end']);
const OCCUPIED = new Set(['fetching', 'talking']);

/**
 * Events sort as they were told, are numbered without a gap, tell of nothing that is over, and an agent is in the state
 * that the one before has told. @throws Error that says where it is not so.
 */
export function expectEventsInOrder({ disk }: SimulatedService): void {
  const problems = APPS.flatMap((app) => problemsOf(disk.events.after(app, '' as EventId, Infinity)));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function problemsOf(events: readonly EventRecord[]): readonly string[] {
  const numbers = new Map<string, number>();
  const states = new Map<string, string>();
  const over = new Set<string>();
  return events.flatMap(({ id, body, conversation }, index) => {
    const told = JSON.parse(body) as Told;
    const subject = subjectOf(told);
    const number = (numbers.get(subject) ?? 0) + 1;
    const checks = {
      'it sorts before the one before': index === 0 || id > events[index - 1]!.id,
      [`it is not number ${number}`]: told.sequence === number,
      'what it tells of is over': !over.has(subject) && !over.has(`conversation ${conversation}`),
      [`the agent was ${states.get(subject)}`]: isRightState(states.get(subject), told.previous_state),
    };
    numbers.set(subject, number);
    if (LAST.has(told.event)) over.add(subject);
    if (told.latest_state !== undefined) states.set(subject, told.latest_state);
    return Object.entries(checks).flatMap(([problem, isRight]) => (isRight ? [] : [`${problem}: ${body}`]));
  });
}

/** `callcenter.queue.fail` of a task is about `queue <id>`. */
function subjectOf({ event, id, name }: Told): string {
  return `${event.split('.')[1]} ${id ?? name}`;
}

/** Of changes that a client asks for nobody is told, but none leads to a state in which the agent has a leg, or out of it. */
function isRightState(known = 'online', previous: string | undefined): boolean {
  if (previous === undefined) return true;
  return OCCUPIED.has(known) || OCCUPIED.has(previous) ? known === previous : true;
}

/** Who goes on in the dialplan is told of its own queueing, wherever it has talked since. @throws Error that says who is not. */
export function expectOwnResults({ dialplan }: SimulatedAsterisk, service: SimulatedService): void {
  const calls = new Map(service.recorded<Call>('calls').map((each) => [each.id, each]));
  const tasks = new Map(service.recorded<QueueTask>('queueTasks').map((each) => [each.id as string, each]));
  const problems = dialplan.stays.flatMap(({ channelId, end, variables }) => {
    const { PARLEY_QUEUE_ID: queueId = '', PARLEY_RESULT: result } = variables;
    if (end !== 'released' || result === 'error') return []; // Where there was no document, there is no task.
    const origin = tasks.get(queueId)?.origin;
    const isOwn = origin?.from === 'caller' && calls.get(origin.callId)?.channelId === channelId;
    return isOwn ? [] : [`${channelId} is told of another's queueing: ${JSON.stringify(variables)}`];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
