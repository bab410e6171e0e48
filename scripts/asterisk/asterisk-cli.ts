import { once } from 'node:events';
import { createConnection } from 'node:net';

/** How long Asterisk may take for one command, in milliseconds. */
const CLI_LIMIT_MS = 30_000;

/**
 * Runs one command at Asterisk's console, through its control socket, as `asterisk -rx` does; resolves with what it
 * prints. Talking to the socket costs a millisecond, a process for each command some forty.
 *
 * @throws Error when there is no such socket, or no answer within 30 s.
 */
export async function askConsole(socketPath: string, command: string): Promise<string> {
  const socket = createConnection(socketPath);
  let output = '';
  socket.on('data', (chunk: Buffer) => (output += chunk.toString()));
  socket.setTimeout(CLI_LIMIT_MS, () => socket.destroy(new Error(`Asterisk did not answer: ${command}`)));
  // The words in front are what makes Asterisk close the connection behind the answer.
  socket.write(`cli quit after ${command}\0`);
  await once(socket, 'close');
  return output.slice(output.indexOf('\n') + 1); // Its first line is a greeting with host, process and version.
}
