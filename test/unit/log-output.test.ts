import { FileOutput } from '../../src/adapters/system/log-output';

test('given a disk that takes half a line and then no more, what follows is whole again, and says how many were lost', () => {
  let written = '';
  let room = Infinity;
  const output = new FileOutput(1, (_, bytes) => {
    if (room === 0) throw new Error('no space left on device');
    const taken = bytes.subarray(0, room);
    room -= taken.length;
    written += taken.toString();
    return taken.length;
  });
  output.write('first\n');
  room = 3;
  output.write('second\n');
  output.write('third\n');
  room = Infinity;
  output.write('fourth\n');
  output.write('fifth\n');

  const [first, half, loss, ...rest] = written.split('\n');
  expect([first, half, ...rest]).toEqual(['first', 'sec', 'fourth', 'fifth', '']);
  expect(JSON.parse(loss!)).toMatchObject({ level: 'warn', count: 2, timestamp: expect.any(String) });
});
