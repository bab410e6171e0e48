/** An element of a document as it was written: children in order, nothing decided about it yet. */
export type XmlElement = {
  readonly name: string;
  /** Without a prototype or with own keys only: any name may have been written, `__proto__` too. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own character data, without the space around it; empty for none. */
  readonly text: string;
};

/** An enqueue document breaks a rule. The message begins with the place and says what is wrong there. */
export class EnqueueProblem extends Error {
  constructor(
    /** Where, counted from 1: `route 2, target 1 (agent)`; `enqueue` for the root. */
    readonly place: string,
    problem: string,
  ) {
    super(`${place}: ${problem}`);
    this.name = 'EnqueueProblem';
  }
}
