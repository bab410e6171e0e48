import type { Conversation, Member } from '../../src/domain/conversation/conversation';
import type { SimulatedService } from './simulated-service';
import type { Tally } from './tally';

/** An event, as far as it says when something happened. `told`: when it was told. */
type Told = {
  readonly told: number;
  readonly event: string;
  readonly name?: string;
  readonly type?: 'enter' | 'exit';
  readonly current_time?: number;
  readonly end_time?: number;
};

/**
 * Nobody left before coming, or later than it was told; a conversation lasted as long as somebody was in it; events and
 * record agree. @throws Error that says where it is not so.
 */
export function expectTimesInOrder(service: SimulatedService, tally: Tally): void {
  const problems = service.recorded<Conversation>('conversations').flatMap((conversation) => {
    const events = eventsOf(service, conversation);
    if (events.some((each) => timeOf(each) < each.told)) tally.count('ended unseen, by a limit');
    return problemsOf(conversation, events).map(
      (problem) => `${problem}: ${JSON.stringify({ conversation, events })}`,
    );
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function eventsOf({ disk }: SimulatedService, { app, id }: Conversation): readonly Told[] {
  return disk.events
    .ofConversation(app, id)
    .map(({ at, body }) => ({ told: at, ...(JSON.parse(body) as Omit<Told, 'told'>) }));
}

const timeOf = ({ told, current_time, end_time }: Told): number => end_time ?? current_time ?? told;

function problemsOf({ beginTime, members, stage }: Conversation, events: readonly Told[]): readonly string[] {
  const end = stage.at === 'ended' ? stage.since : null;
  const checks = {
    'a member left before it came': members.every(({ since, until }) => beginTime <= since && since <= until!),
    'it did not end when the last one left': end === Math.max(...members.map(({ until }) => until!)),
    'its end is told otherwise': events.every(({ end_time }) => end_time === undefined || end_time === end),
    'who came is told otherwise': timesTold(events, 'enter') === timesOnRecord(members, 'since'),
    'who left is told otherwise': timesTold(events, 'exit') === timesOnRecord(members, 'until'),
    'it was told before it happened': events.every((each) => timeOf(each) <= each.told),
  };
  return Object.entries(checks).flatMap(([problem, isRight]) => (isRight ? [] : [problem]));
}

/** Of agents; nobody else is told of. */
function timesTold(events: readonly Told[], wanted: 'enter' | 'exit'): string {
  return inOrder(
    events.flatMap(({ type, name, current_time }) => (type === wanted ? [[name, current_time]] : [])),
  );
}

function timesOnRecord(members: readonly Member[], wanted: 'since' | 'until'): string {
  return inOrder(
    members.flatMap(({ party, ...times }) => (party.kind === 'agent' ? [[party.name, times[wanted]]] : [])),
  );
}

function inOrder(times: readonly (readonly unknown[])[]): string {
  return times
    .map((each) => each.join(' at '))
    .sort()
    .join();
}
