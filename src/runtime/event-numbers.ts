import { agentId } from '../domain/agent/agent';
import type { AgentName, ConversationId, EventId, Instant } from '../domain/ids';
import { isEvent, type Notification, type Notifications } from '../domain/notification';
import { IDS_OF_ONE_TIME, timedId, timeOf } from '../domain/timed-id';
import type { Outcome } from '../domain/unit-of-work';
import { subjectsOver, type EventText, type ToldEvent } from '../ports/events';
import type { EventsRestored } from '../ports/storage';

/** Gives everything that is told or kept its id, in order, and its number among what is told of the same subject. */
export class EventNumbers {
  private time = 0;
  private count = 0;
  private readonly sequences: Map<string, number>;

  constructor(
    restored: Pick<EventsRestored, 'lastEvent' | 'sequences'>,
    private readonly text: EventText,
  ) {
    this.sequences = new Map(restored.sequences);
    if (restored.lastEvent !== null) this.time = timeOf(restored.lastEvent) + 1;
  }

  /** `seed`: 15 hex digits. What is over after this outcome is not told of again. */
  number(
    { notifications, changes }: Pick<Outcome<unknown>, 'notifications' | 'changes'>,
    at: Instant,
    seed: string,
  ): readonly ToldEvent[] {
    const told = notifications.map((notification) => this.tell(notification, at, seed));
    for (const subject of subjectsOver(changes, told)) this.sequences.delete(subject);
    return told;
  }

  private tell(notification: Notification, at: Instant, seed: string): ToldEvent {
    const { subject, ...about } = aboutWhat(notification);
    const id = this.nextId(at, seed);
    const { app, event } = notification;
    const numbered = isEvent(event) ? { by: subject, as: this.next(subject) } : null;
    const body = this.text(notification, id, numbered?.as ?? null);
    return { id, app, event, at, ...about, body, numbered, notification };
  }

  private next(subject: string): number {
    const sequence = (this.sequences.get(subject) ?? 0) + 1;
    this.sequences.set(subject, sequence);
    return sequence;
  }

  /** Greater than all before it, wherever the clock goes. */
  private nextId(at: Instant, seed: string): EventId {
    if (at > this.time) [this.time, this.count] = [at, 0];
    else if (++this.count === IDS_OF_ONE_TIME) [this.time, this.count] = [this.time + 1, 0];
    return timedId(this.time, this.count, seed);
  }
}

/** What it is numbered by, and whom and what it names. An agent's numbers go on from one login to the next. */
function aboutWhat(told: Notification): About {
  switch (told.event) {
    case 'callcenter.queue.select':
    case 'callcenter.queue.success':
      return ofTask(told, told.agentName);
    case 'callcenter.queue.fail':
      return ofTask(told, told.selected?.agentName ?? null);
    case 'callcenter.agent.state_changed':
      return ofAgent(told, null);
    case 'callcenter.agent.conversation_changed':
      return ofAgent(told, told.conversationId);
    case 'callcenter.conversation.begin':
    case 'callcenter.conversation.parts_changed':
    case 'callcenter.conversation.end':
    case 'callcenter.conversation.call_failed':
    case 'callcenter.conversation.mode_changed':
      return { subject: `conversations ${told.id}`, agent: null, task: null, conversation: told.id };
  }
}

type About = Pick<ToldEvent, 'agent' | 'task' | 'conversation'> & { readonly subject: string };
type OfTask = Pick<Notifications['callcenter.queue.fail'], 'id' | 'conversationId'>;
type OfAgent = Pick<Notification & Notifications['callcenter.agent.state_changed'], 'app' | 'name'>;

function ofTask({ id, conversationId }: OfTask, agent: AgentName | null): About {
  return { subject: `queueTasks ${id}`, agent, task: id, conversation: conversationId };
}

function ofAgent({ app, name }: OfAgent, conversation: ConversationId | null): About {
  return { subject: `agents ${agentId(app, name)}`, agent: name, task: null, conversation };
}
