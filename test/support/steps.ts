type Iteration = { next: () => unknown };

const ITERATIONS: readonly Iteration[] = [new Map(), new Set(), []].map(
  (each) => Object.getPrototypeOf(each[Symbol.iterator]()) as Iteration,
);

/** How many steps `run` takes through maps, sets and lists, the last of each, which finds nothing, included. */
export function stepsOf(run: () => void): number {
  let steps = 0;
  const plain = ITERATIONS.map(({ next }) => next);
  ITERATIONS.forEach((iteration, index) => {
    iteration.next = function () {
      steps++;
      return plain[index]!.call(this);
    };
  });
  try {
    run();
  } finally {
    ITERATIONS.forEach((iteration, index) => (iteration.next = plain[index]!));
  }
  return steps;
}
