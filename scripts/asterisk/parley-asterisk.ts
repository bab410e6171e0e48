import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type AsteriskProgram } from './asterisk-program';
import {
  refuseStateInUse,
  startAsterisk,
  type AsteriskFiles,
  type RunningAsterisk,
  type StartOptions,
} from './asterisk-process';

/** What an Asterisk of ours needs to know about the machine it is on. */
export type ParleyAsteriskSettings = {
  /** Address that SIP listens on, e.g. `0.0.0.0`. */
  readonly sipHost: string;
  readonly sipPort: number;
  /** Address and port of ARI. */
  readonly ariHost: string;
  readonly ariPort: number;
  /** UDP ports of the audio, both ends included; a call takes two. */
  readonly rtpPorts: { readonly from: number; readonly to: number };
  /** Everything is written below `asterisk/` in here. */
  readonly dataDir: string;
  /** Folder of the service's sounds. Default `sounds` in `dataDir`. */
  readonly soundsDir?: string;
  readonly ariUser: string;
  readonly ariPassword: string;
  /** Of the account `parley-trunk`, which plays the outside world. */
  readonly trunkPassword: string;
  /** Stasis application that callers are sent into. Default `parley`. */
  readonly application?: string;
  /** Realm of SIP passwords. Default `asterisk`. */
  readonly realm?: string;
};

/** By file, by section, the values to put into shipped configuration. */
export type Replacements = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** Renders asterisk-config/ of the project for this machine, and starts Asterisk on it. */
export async function startParleyAsterisk(
  program: AsteriskProgram,
  projectRoot: string,
  settings: ParleyAsteriskSettings,
  options?: StartOptions,
): Promise<RunningAsterisk> {
  await refuseStateInUse(stateOf(settings)); // Before its configuration is replaced.
  const files = await renderParleyConfig(join(projectRoot, 'asterisk-config'), settings);
  return await startAsterisk(program, files, options);
}

/**
 * Copies the shipped configuration to `<dataDir>/asterisk/etc` and puts this machine's values in. What was there is
 * replaced: changes belong into asterisk-config/, or into an Asterisk of your own.
 */
export async function renderParleyConfig(
  shipped: string,
  settings: ParleyAsteriskSettings,
): Promise<AsteriskFiles> {
  const base = stateOf(settings);
  const etc = join(base, 'etc');
  await rm(etc, { recursive: true, force: true });
  await mkdir(etc, { recursive: true, mode: 0o700 });
  await cp(join(shipped, 'moh'), join(etc, 'moh'), { recursive: true });

  const replacements = parleyReplacements(settings, etc);
  for (const name of (await readdir(shipped)).filter((each) => each.endsWith('.conf'))) {
    const text = replaceValues(name, await readFile(join(shipped, name), 'utf8'), replacements[name] ?? {});
    const finished = name === 'musiconhold.conf' ? replaceInclude(text, soundClassesOf(settings)) : text;
    await writeFile(join(etc, name), finished, { mode: 0o600 });
  }
  return { etc, state: base };
}

function stateOf({ dataDir }: Pick<ParleyAsteriskSettings, 'dataDir'>): string {
  return resolve(dataDir, 'asterisk');
}

/** What the service writes there. */
function soundClassesOf({ dataDir, soundsDir = join(dataDir, 'sounds') }: ParleyAsteriskSettings): string {
  return join(resolve(soundsDir), 'musiconhold.conf');
}

function replaceInclude(text: string, path: string): string {
  const [first, ...others] = text.match(/^#tryinclude .*$/gm) ?? [];
  if (first === undefined || others.length > 0)
    throw new Error('the shipped musiconhold.conf has to have one include');
  return text.replace(first, () => `#tryinclude ${path}`);
}

export function parleyReplacements(settings: ParleyAsteriskSettings, etc: string): Replacements {
  const { sipHost, sipPort, ariHost, ariPort, rtpPorts, ariUser, ariPassword, trunkPassword } = settings;
  const { application = 'parley', realm = 'asterisk' } = settings;
  const bind = `${sipHost.includes(':') ? `[${sipHost}]` : sipHost}:${sipPort}`;
  if (ariUser !== 'parley') throw new Error(`the shipped ari.conf has the user parley, not ${ariUser}`);
  return {
    'http.conf': { general: { bindaddr: ariHost, bindport: String(ariPort) } },
    'ari.conf': { parley: { password: ariPassword } },
    'rtp.conf': { general: { rtpstart: String(rtpPorts.from), rtpend: String(rtpPorts.to) } },
    'extensions.conf': { globals: { PARLEY_ARI_APP: application } },
    'pjsip.conf': {
      global: { default_realm: realm },
      'transport-udp': { bind },
      'transport-tcp': { bind },
      'parley-trunk': { password: trunkPassword },
    },
    'musiconhold.conf': {
      default: { directory: join(etc, 'moh/hold') },
      'parley-silence': { directory: join(etc, 'moh/silence') },
      'parley-ringback': { directory: join(etc, 'moh/ringback') },
    },
  };
}

/**
 * Puts values into the text of a configuration file, where their names are already, be it behind a semicolon. Asterisk's
 * own `#include` and `[section](+)` cannot do that: of a name given twice, some modules take the first value, some the
 * last.
 *
 * @throws Error when the file has no such name in that section, or a value would break its line.
 */
export function replaceValues(file: string, text: string, sections: Replacements[string]): string {
  const wanted = new Map<string, string>(
    Object.entries(sections).flatMap(([section, values]) =>
      Object.entries(values).map(([name, value]) => [`${section}/${name}`, value] as const),
    ),
  );
  let section = '';
  const lines = text.split('\n').map((line) => {
    section = /^\[([^\]]+)\]/.exec(line)?.[1] ?? section;
    const name = /^;?([\w-]+)\s*=/.exec(line)?.[1];
    const key = `${section}/${name}`;
    const value = wanted.get(key);
    if (value === undefined) return line;
    if (/[\r\n;]/.test(value)) throw new Error(`${file}: ${key} cannot take the value that was given`);
    wanted.delete(key);
    return `${name} = ${value}`;
  });
  if (wanted.size > 0) throw new Error(`${file} has no place for ${[...wanted.keys()].join(', ')}`);
  return lines.join('\n');
}

export type Passwords = { readonly ariPassword: string; readonly trunkPassword: string };

/** The passwords of this installation: made at the first start, then kept in `<dataDir>/asterisk/passwords.json`. */
export async function keepPasswords(dataDir: string): Promise<Passwords> {
  const directory = stateOf({ dataDir });
  const path = join(directory, 'passwords.json');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fresh: Passwords = { ariPassword: newPassword(), trunkPassword: newPassword() };
  try {
    await writeFile(path, JSON.stringify(fresh, null, 2) + '\n', { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(path, 'utf8')) as Passwords;
  }
}

function newPassword(): string {
  return randomBytes(24).toString('hex');
}
