import { setTimeout as wait } from 'node:timers/promises';

/** `action` for each turn at its time, however long earlier ones took. `isOver`: leave out what is left. */
export async function paced(
  perSecond: number,
  turns: number,
  action: (turn: number) => void,
  isOver: () => boolean = () => false,
): Promise<void> {
  const begin = performance.now();
  for (let turn = 0; turn < turns; turn++) {
    await wait(Math.max(0, begin + (turn * 1000) / perSecond - performance.now()));
    if (isOver()) return;
    action(turn);
  }
}
