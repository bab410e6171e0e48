import { agentId } from '../domain/agent/agent';
import type { EventId, Instant } from '../domain/ids';
import type { Notification } from '../domain/notification';
import type { Outcome } from '../domain/unit-of-work';
import type { EventRecord, EventText, ToldEvent } from '../ports/events';
import type { Restored } from '../ports/storage';

/** So many ids have the same time. */
const COUNTED = 0x1000;

/** Gives everything that is told its id, in order, and its number among what is told of the same subject. */
export class EventNumbers {
  private time = 0;
  private count = 0;
  private readonly sequences: Map<string, number>;

  constructor(
    restored: Pick<Restored, 'lastEvent' | 'sequences'>,
    private readonly text: EventText,
  ) {
    this.sequences = new Map(restored.sequences);
    if (restored.lastEvent !== null) this.time = parseInt(restored.lastEvent.slice(0, 12), 16) + 1;
  }

  /** `seed`: 15 hex digits. What is over after this outcome is not told of again. */
  number(
    { notifications, changes }: Pick<Outcome<unknown>, 'notifications' | 'changes'>,
    at: Instant,
    seed: string,
  ): readonly ToldEvent[] {
    const told = notifications.map((notification) => this.tell(notification, at, seed));
    for (const { kind, value, live } of changes) {
      if (!live && kind !== 'agents') this.sequences.delete(`${kind} ${value.id}`);
    }
    return told;
  }

  private tell(notification: Notification, at: Instant, seed: string): ToldEvent {
    const subject = subjectOf(notification);
    const sequence = (this.sequences.get(subject) ?? 0) + 1;
    this.sequences.set(subject, sequence);
    const id = this.nextId(at, seed);
    const { app, event } = notification;
    const body = this.text(notification, id, sequence);
    return { id, app, event, at, ...namedBy(notification), body, subject, sequence, notification };
  }

  /** A UUID version 7 without dashes that is greater than all before it, wherever the clock goes. */
  private nextId(at: Instant, seed: string): EventId {
    if (at > this.time) [this.time, this.count] = [at, 0];
    else if (++this.count === COUNTED) [this.time, this.count] = [this.time + 1, 0];
    const time = this.time.toString(16).padStart(12, '0');
    return `${time}7${this.count.toString(16).padStart(3, '0')}8${seed}` as EventId;
  }
}

/** An agent's goes on from one login to the next. */
function subjectOf(told: Notification): string {
  switch (told.event) {
    case 'callcenter.queue.select':
    case 'callcenter.queue.success':
    case 'callcenter.queue.fail':
      return `queueTasks ${told.id}`;
    case 'callcenter.agent.state_changed':
    case 'callcenter.agent.conversation_changed':
      return `agents ${agentId(told.app, told.name)}`;
    case 'callcenter.conversation.begin':
    case 'callcenter.conversation.parts_changed':
    case 'callcenter.conversation.end':
      return `conversations ${told.id}`;
  }
}

function namedBy(told: Notification): Pick<EventRecord, 'agent' | 'task' | 'conversation'> {
  switch (told.event) {
    case 'callcenter.queue.select':
    case 'callcenter.queue.success':
      return { agent: told.agentName, task: told.id, conversation: told.conversationId };
    case 'callcenter.queue.fail':
      return { agent: told.selected?.agentName ?? null, task: told.id, conversation: told.conversationId };
    case 'callcenter.agent.state_changed':
      return { agent: told.name, task: null, conversation: null };
    case 'callcenter.agent.conversation_changed':
      return { agent: told.name, task: null, conversation: told.conversationId };
    case 'callcenter.conversation.begin':
    case 'callcenter.conversation.parts_changed':
    case 'callcenter.conversation.end':
      return { agent: null, task: null, conversation: told.id };
  }
}
