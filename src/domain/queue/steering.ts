import type { AppId, QueueTaskId } from '../ids';
import type { Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import type { QueueTask } from './queue-task';
import { failTask } from './seeking';

/** Somebody at the controls gives up a task: its caller goes on in the dialplan. */
export function cancel(tx: UnitOfWork, command: Stamped<'cancel-task'>): null {
  failTask(tx, taskOf(tx, command), 'cancel');
  return null;
}

/** Whoever waits for the same is passed, or let pass, from now on. */
export function setPriority(tx: UnitOfWork, command: Stamped<'set-task-priority'>): null {
  tx.queueTasks.put({ ...taskOf(tx, command), priority: command.priority });
  return null;
}

/** Another application's task "does not exist", and so does one that is over. */
export function taskOf(
  tx: UnitOfWork,
  { app, taskId }: { readonly app: AppId; readonly taskId: QueueTaskId },
): QueueTask {
  const task = tx.queueTasks.get(taskId);
  if (task?.app !== app) throw new Refusal('queue-task-not-found', { id: taskId });
  return task;
}
