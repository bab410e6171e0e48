import { RINGBACK, type Played } from '../conversation/listen-speak-mode';
import type { UnitOfWork } from '../unit-of-work';
import type { Sound } from './enqueue-sound';
import { legsOf, type QueueTask } from './queue-task';

/**
 * What is heard by those who wait, by the document's `ring_mode`; null: what it leaves to the music of the settings.
 * Where there is no sound for ringing, the one for waiting goes on.
 */
export function waitingSound(tx: UnitOfWork, task: QueueTask): Played | null {
  const { ringMode, waitVoice, ringVoice } = task.enqueue;
  const wait = soundOf(tx, task, waitVoice);
  if (task.phase.at !== 'ringing' || ringMode === 1) return wait;
  const ring = ringVoice === null ? wait : soundOf(tx, task, ringVoice, waitVoice);
  const isAlerting = legsOf(task).some(({ callId }) => {
    const stage = tx.calls.get(callId)?.stage;
    return stage?.at === 'ringing' && stage.alerting;
  });
  switch (ringMode) {
    case 2:
      return ring;
    case 3:
      return isAlerting ? RINGBACK : ring;
    case 4:
      return isAlerting ? ring : wait;
    case 5:
      return isAlerting ? RINGBACK : wait;
  }
}

/** A sound that a document names; null: it names none. */
export function soundOf(
  tx: UnitOfWork,
  { app }: Pick<QueueTask, 'app'>,
  sound: Sound | null,
  instead: Sound | null = null,
): Played | null {
  if (sound === null) return null;
  const second = instead === null ? {} : { instead };
  return { from: 'sound', app, sound, ...second, otherwise: tx.settings.musicClass };
}
