import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { whyUnfit } from '../../src/adapters/ari/asterisk-version';
import { installPrivateRoot, privateProgram } from './private-root';
import { tryCommand } from './run-command';

/** An Asterisk that can be run: `command`, then `args`, then Asterisk's own options. */
export type AsteriskProgram = {
  readonly command: string;
  readonly args: readonly string[];
  /** What is needed in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** As `asterisk -V` says it. */
  readonly version: string;
  /** The directory of its modules (`astmoddir`). */
  readonly modules: string;
  /** The directory of its sounds and documentation (`astdatadir`). */
  readonly data: string;
};

const INSTALLED_AT = ['/usr/sbin/asterisk', '/usr/local/sbin/asterisk'];
const DATA_AT = ['/usr/share/asterisk', '/var/lib/asterisk'];

/**
 * An installed Asterisk, 22.8 or newer, if there is one; else the private one below `.asterisk/` of the project.
 * That is installed from Debian's packages when it is missing (80 MB, some 10 s), without changing the machine.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function provideAsterisk(
  projectRoot: string,
  log: (line: string) => void = () => {},
): Promise<AsteriskProgram> {
  const installed = await installedProgram(log);
  if (installed) return installed;

  const root = resolve(projectRoot, '.asterisk', 'root'); // apt takes a relative path for one from the root.
  if (!existsSync(root)) await installPrivateRoot(root, log);
  const program = await privateProgram(root);
  const unfit = whyUnfit(program.version);
  if (unfit) throw new Error(`${unfit}. Remove ${root} and start again to get the current one.`);
  return program;
}

async function installedProgram(log: (line: string) => void): Promise<AsteriskProgram | undefined> {
  const command = INSTALLED_AT.find((path) => existsSync(path));
  if (command === undefined) return undefined;

  const { code, output } = await tryCommand(command, ['-V']);
  const version = output.trim();
  const unfit = code === 0 ? whyUnfit(version) : `${command} does not run: ${version}`;
  const modules = await modulesOf('/etc/asterisk/asterisk.conf');
  const data = DATA_AT.find((path) => existsSync(join(path, 'documentation')));
  if (!unfit && modules !== undefined && data !== undefined) {
    return { command, args: [], env: {}, version, modules, data };
  }
  log(`not using the installed Asterisk: ${unfit ?? 'it comes without ARI, PJSIP or its documentation'}`);
  return undefined;
}

/** The directory of modules: the one that its configuration names, else where distributions have it. */
async function modulesOf(mainConfig: string): Promise<string | undefined> {
  const config = await readFile(mainConfig, 'utf8').catch(() => '');
  const named = /^\s*astmoddir\s*=>?\s*(\S+)/m.exec(config)?.[1];
  const libraries = await readdir('/usr/lib');
  const usual = ['/usr/lib', '/usr/lib64', '/usr/local/lib', ...libraries.map((name) => `/usr/lib/${name}`)];
  return [...(named ? [named] : []), ...usual.map((path) => `${path}/asterisk/modules`)].find((path) =>
    ['res_ari.so', 'chan_pjsip.so'].every((module) => existsSync(join(path, module))),
  );
}
