import { LogOutput } from '../../src/adapters/system/log-output';

/** A disk with so much room. */
class Disk {
  written = '';
  puts = 0;

  constructor(public room: number) {}

  put(bytes: Buffer): number {
    if (this.room === 0) throw new Error('no space left on device');
    const taken = bytes.subarray(0, this.room);
    this.room -= taken.length;
    this.written += taken.toString();
    this.puts++;
    return taken.length;
  }
}

const anotherTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function logged(output: LogOutput, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) output.write(`${line}\n`);
  await anotherTurn();
}

test('given lines that are written in one turn of the event loop, they go out together, in order', async () => {
  const disk = new Disk(Infinity);
  const output = new LogOutput((bytes) => disk.put(bytes));

  await logged(output, 'first', 'second');
  await logged(output, 'third');

  expect([disk.written, disk.puts]).toEqual(['first\nsecond\nthird\n', 2]);
});

test('given a process that ends before its turn does, what it wrote last goes out, and once', async () => {
  const disk = new Disk(Infinity);
  const output = new LogOutput((bytes) => disk.put(bytes));
  output.write('last\n');

  output.flush();
  await anotherTurn();

  expect(disk.written).toBe('last\n');
});

test('given a disk that takes half a line and then no more, what follows is whole again, and says how many were lost', async () => {
  const disk = new Disk(Infinity);
  const output = new LogOutput((bytes) => disk.put(bytes));
  await logged(output, 'first');
  disk.room = 'second\nthi'.length;
  await logged(output, 'second', 'third', 'fourth');
  await logged(output, 'fifth');
  disk.room = Infinity;
  await logged(output, 'sixth');
  await logged(output, 'seventh');

  const [first, second, half, loss, ...rest] = disk.written.split('\n');
  expect([first, second, half, ...rest]).toEqual(['first', 'second', 'thi', 'sixth', 'seventh', '']);
  expect(JSON.parse(loss!)).toMatchObject({ level: 'warn', count: 3, timestamp: expect.any(String) });
});

test('given room for half of what it says about lost lines, it says it again', async () => {
  const disk = new Disk(0);
  const output = new LogOutput((bytes) => disk.put(bytes));
  await logged(output, 'first');
  disk.room = 10;
  await logged(output, 'second');
  disk.room = Infinity;
  await logged(output, 'third');

  const lines = disk.written.split('\n').slice(-3);
  expect([JSON.parse(lines[0]!), ...lines.slice(1)]).toEqual([expect.objectContaining({ count: 2 }), 'third', '']);
});
