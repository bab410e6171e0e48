/** Somebody else does our work, and would be disturbed by our starting again. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';
}
