const TestSequencer = require('@jest/test-sequencer').default;

/** Begun last, one of them would run alone at the end: on a fresh checkout Jest goes by the size of files. */
const LONGEST = ['/test/simulation/', '/test/e2e/listen-speak-mode.test.ts'];

module.exports = class extends TestSequencer {
  sort(tests) {
    const isLong = ({ path }) => LONGEST.some((part) => path.includes(part));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
