import { existsSync, realpathSync } from 'node:fs';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { tryCommand } from '../asterisk/run-command';
import { findLoader, provideDebianRoot } from '../debian-root';

/** The programs of a PostgreSQL, all in one folder. */
export type PostgresProgram = {
  readonly postgres: string;
  readonly initdb: string;
  readonly dump: string;
  readonly restore: string;
  /** As `postgres -V` says it. */
  readonly version: string;
  /** As whom they are to run: PostgreSQL refuses to be root. */
  readonly user: { readonly uid?: number; readonly gid?: number };
};

const NEEDED = ['postgres', 'initdb', 'pg_dump', 'pg_restore'];
const OLDEST = 14;
const DEBIAN_KEEPS_THEM_IN = '/usr/lib/postgresql';
/** `nobody` and `nogroup` of Debian; any other than root does. */
const UNPRIVILEGED = { uid: 65_534, gid: 65_534 };

/**
 * A PostgreSQL of the machine, 14 or newer, if there is one; else a private one below `.postgresql/` of the project. That
 * is unpacked from Debian's packages when it is missing (80 MB), without changing the machine. For tests.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function providePostgres(
  projectRoot: string,
  log: (line: string) => void = () => {},
): Promise<PostgresProgram> {
  for (const folder of await installedFolders()) {
    const program = await programIn(folder);
    if (typeof program !== 'string') return program;
    log(`not using the installed PostgreSQL: ${program}`);
  }
  const root = resolve(projectRoot, '.postgresql', 'root'); // apt takes a relative path for one from the root.
  const elsewhere = `elsewhere install ${OLDEST} or newer`;
  const wanted = { root, package: 'postgresql', name: 'PostgreSQL', elsewhere };
  await provideDebianRoot({ ...wanted, check: async (unpacked) => makeRunnable(unpacked) }, log);
  const program = await programIn(await folderBelow(root));
  if (typeof program === 'string') throw new Error(program);
  return program;
}

/** Newest first. */
async function installedFolders(): Promise<readonly string[]> {
  const versions = existsSync(DEBIAN_KEEPS_THEM_IN) ? await readdir(DEBIAN_KEEPS_THEM_IN) : [];
  const debian = versions.sort((one, other) => Number(other) - Number(one));
  const path = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'postgres'));
  const onPath = path.filter((file) => existsSync(file)).map((file) => dirname(realpathSync(file)));
  const folders = [...debian.map((version) => join(DEBIAN_KEEPS_THEM_IN, version, 'bin')), ...onPath];
  return folders.filter((folder) => NEEDED.every((name) => existsSync(join(folder, name))));
}

/** Or why it cannot be used. */
async function programIn(folder: string): Promise<PostgresProgram | string> {
  const user: PostgresProgram['user'] = process.getuid?.() === 0 ? UNPRIVILEGED : {};
  const [postgres, initdb, dump, restore] = NEEDED.map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  const { code, output } = await tryCommand(postgres, ['-V'], { ...user, cwd: '/' });
  const version = output.trim();
  if (code !== 0 && user.uid !== undefined) {
    return (
      `${postgres} does not run as root, and not as another user, who has to be able to read it ` +
      `(${version}): put the project where everybody may read it, or do this as another user`
    );
  }
  if (code !== 0) return `${postgres} does not run: ${version}`;
  const major = Number(/\d+/.exec(version)?.[0]);
  if (!(major >= OLDEST)) return `${version} is too old: ${OLDEST} or newer is needed`;
  return { postgres, initdb, dump, restore, version, user };
}

async function folderBelow(root: string): Promise<string> {
  const parent = join(root, 'usr/lib/postgresql');
  const [version] = await readdir(parent);
  return join(parent, version!, 'bin');
}

/**
 * Puts in the place of each program a script that runs it by the dynamic loader and the libraries below `root`: they call
 * one another by their names. They find all else from where they lie.
 */
async function makeRunnable(root: string): Promise<string> {
  const folder = await folderBelow(root);
  const { loader, libraries } = await findLoader(root);
  const below = (path: string): string => `"$here/${relative(folder, path)}"`;
  for (const name of NEEDED) {
    const program = join(folder, `${name}.program`);
    await rename(join(folder, name), program);
    const run = `${below(loader)} --argv0 "$0" --library-path ${below(libraries)} ${below(program)} "$@"`;
    await writeFile(join(folder, name), `#!/bin/sh\nhere=\${0%/*}\nexec ${run}\n`, { mode: 0o755 });
  }
  const { code, output } = await tryCommand(join(folder, 'postgres'), ['-V']);
  if (code !== 0) throw new Error(`the PostgreSQL in ${root} does not run: ${output}`);
  return output.trim();
}
