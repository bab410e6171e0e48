import { existsSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findLoader, provideDebianRoot } from '../debian-root';
import { type AsteriskProgram } from './asterisk-program';
import { runCommand } from './run-command';

/** Unpacks Asterisk from Debian's packages into `root`. @throws Error that says what is missing and how to get it. */
export async function installPrivateRoot(root: string, log: (line: string) => void): Promise<void> {
  const wanted = { root, package: 'asterisk', name: 'Asterisk', elsewhere: 'elsewhere install 22.8 or newer' };
  await provideDebianRoot({ ...wanted, check: async (unpacked) => (await privateProgram(unpacked)).version }, log);
}

/**
 * The Asterisk below `root`, run by the dynamic loader and the libraries that lie there too, so neither the machine's
 * own libraries nor a chroot are needed.
 */
export async function privateProgram(root: string): Promise<AsteriskProgram> {
  const { loader, libraries } = await findLoader(root);
  const command = loader;
  const args = ['--library-path', libraries, join(root, 'usr/sbin/asterisk')];
  // The machine's own OpenSSL configuration may ask for plug-ins that do not fit this library.
  const env = { OPENSSL_CONF: '/dev/null' };
  const version = (await runCommand(command, [...args, '-V'], { env: { ...process.env, ...env } })).trim();
  const data = join(root, 'usr/share/asterisk');
  await nameEnglishSounds(join(data, 'sounds'));
  return { command, args, env, version, modules: join(libraries, 'asterisk/modules'), data };
}

/** Debian's packages choose the English voice in a script; none was run, so the choice is made here. */
async function nameEnglishSounds(sounds: string): Promise<void> {
  const english = join(sounds, 'en');
  if (existsSync(english)) return;
  const voice = (await readdir(sounds)).find((name) => name.startsWith('en_US'));
  if (voice === undefined) return;
  await symlink(voice, english).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // Another process was faster.
  });
}
