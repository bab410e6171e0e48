import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AsteriskProgram } from './asterisk-program';
import { runCommand, tryCommand } from './run-command';

const ARCHIVE = 'http://deb.debian.org/debian';
/** Debian's testing release: Debian 12 has no Asterisk, and older releases one that is too old. */
const SUITE = 'forky';
/** Its name has changed with the releases of Debian. */
const KEYRINGS = ['gpg', 'pgp'].map((suffix) => `usr/share/keyrings/debian-archive-keyring.${suffix}`);
/** Nothing here is read by a running program. */
const NOT_NEEDED = ['doc', 'man', 'locale', 'info', 'lintian', 'perl5'].map((each) => `./usr/share/${each}`);
const UNPACK =
  'for deb in "$1"/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$2" "${@:3}" || exit 1; done';

/**
 * Unpacks Asterisk and all it depends on, down to the C library, into `root`. Nothing is installed on the machine and
 * no rights are needed: apt works on directories of its own, and no script of any package is run. Several processes
 * may call this at once; `root` appears in one piece or not at all.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function installPrivateRoot(root: string, log: (line: string) => void): Promise<void> {
  for (const tool of ['setpriv', 'apt-get', 'dpkg-deb', 'tar', 'flock']) {
    if ((await tryCommand(tool, ['--version'])).code === 0) continue;
    const way = 'Asterisk is set up by itself on Debian and Ubuntu only; elsewhere install 22.8 or newer';
    throw new Error(`${tool} is missing: ${way}`);
  }
  const parent = dirname(root);
  await mkdir(parent, { recursive: true });
  const unlock = await lock(join(parent, 'lock'));
  try {
    if (existsSync(root)) return; // Another process was faster.
    for (const name of await readdir(parent)) {
      // One that was interrupted left its work behind.
      if (name.startsWith('new-')) await rm(join(parent, name), { recursive: true, force: true });
    }
    log(`setting up a private Asterisk in ${root} (80 MB to fetch)`);
    const work = await mkdtemp(join(parent, 'new-'));
    try {
      const packages = await download(work, log);
      const unpacked = join(work, 'root');
      await mkdir(unpacked);
      const excludes = NOT_NEEDED.map((path) => `--exclude=${path}`);
      await runCommand('bash', [
        '-o',
        'pipefail',
        '-c',
        UNPACK,
        'unpack',
        packages,
        unpacked,
        '--no-same-owner',
        ...excludes,
      ]);
      log(`unpacked ${(await privateProgram(unpacked)).version}`);
      await rename(unpacked, root);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } finally {
    unlock();
  }
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

/** The loader's name and place differ by processor: `ld-linux-x86-64.so.2`, `ld-linux-aarch64.so.1`, ... */
async function findLoader(root: string): Promise<{ loader: string; libraries: string }> {
  const lib = join(root, 'usr/lib');
  for (const name of await readdir(lib)) {
    const libraries = join(lib, name);
    if (!existsSync(join(libraries, 'asterisk/modules'))) continue;
    for (const directory of [libraries, lib, join(root, 'usr/lib64')]) {
      const names = existsSync(directory) ? await readdir(directory) : [];
      const loader = names.find((each) => /^ld-linux[^/]*\.so\.\d+$/.test(each));
      if (loader !== undefined) return { loader: join(directory, loader), libraries };
    }
  }
  throw new Error(`${root} holds no Asterisk that can be run; remove it and start again`);
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

/** Fetches the packages into a directory below `work`, and returns that. */
async function download(work: string, log: (line: string) => void): Promise<string> {
  const keyring = await provideKeyring(work);
  for (const directory of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(work, directory), { recursive: true });
  }
  await writeFile(join(work, 'state/status'), ''); // Nothing counts as installed, so all dependencies come.
  await writeFile(join(work, 'sources.list'), `deb [signed-by=${keyring}] ${ARCHIVE} ${SUITE} main\n`);
  await writeFile(join(work, 'apt.conf'), aptConfig(work, await proxySettings()));
  const env = { ...process.env, APT_CONFIG: join(work, 'apt.conf'), LC_ALL: 'C' };

  const update = (...options: string[]): ReturnType<typeof tryCommand> =>
    tryCommand('apt-get', ['-q', '--error-on=any', ...options, 'update'], { env });
  let options: string[] = [];
  let updated = await update();
  if (updated.code !== 0 && /Release file .* (expired|not valid)/.test(updated.output)) {
    log('the archive has not been refreshed for a while; taking its signed index past its date');
    options = ['-o', 'Acquire::Check-Valid-Until=false'];
    updated = await update(...options);
  }
  if (updated.code !== 0)
    throw new Error(`cannot reach Debian's archive ${ARCHIVE}:\n${updated.output.slice(-2000)}`);
  await runCommand('apt-get', ['-q', '-y', ...options, '--download-only', 'install', 'asterisk'], { env });
  return join(work, 'cache/archives');
}

/** Debian has the keys of its archive; Ubuntu offers them as a package, which is unpacked and not installed. */
async function provideKeyring(work: string): Promise<string> {
  const keyringBelow = (root: string): string | undefined =>
    KEYRINGS.map((path) => join(root, path)).find((path) => existsSync(path));
  const own = keyringBelow('/');
  if (own !== undefined) return own;

  const directory = join(work, 'keyring');
  await mkdir(directory);
  const { code, output } = await tryCommand('apt-get', ['-q', 'download', 'debian-archive-keyring'], {
    cwd: directory,
  });
  if (code !== 0) {
    const way = 'run "apt-get update" as root, or install debian-archive-keyring';
    throw new Error(`the keys of Debian's archive are missing: ${way}\n${output}`);
  }
  const [name] = await readdir(directory);
  await runCommand('dpkg-deb', ['-x', name!, '.'], { cwd: directory });
  const unpacked = keyringBelow(directory);
  if (unpacked === undefined) throw new Error(`${name} holds none of ${KEYRINGS.join(', ')}`);
  return unpacked;
}

/** The machine's way to the network, e.g. a proxy; nothing else of its apt settings is taken over. */
async function proxySettings(): Promise<string> {
  const { output } = await tryCommand('apt-config', ['dump']);
  return output
    .split('\n')
    .filter((line) => /^Acquire::(http|https|Retries)\b/.test(line))
    .join('\n');
}

function aptConfig(work: string, network: string): string {
  return `${network}
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "${work}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "${work}/state";
Dir::State::status "${work}/state/status";
Dir::Cache "${work}/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
`;
}

/** Waits for the lock and takes it. The kernel gives it back should this process die. */
async function lock(path: string): Promise<() => void> {
  const holder = spawn('flock', [path, 'sh', '-c', 'echo taken; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(([code]) => Promise.reject(new Error(`flock ${path} failed (${code})`))),
  ]);
  return () => void holder.stdin.end();
}
