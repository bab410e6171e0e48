import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parsePortRange } from './parley-asterisk';

/** What `scripts/start` needs to know; the service reads its own settings from the same environment. */
export type StartSettings = {
  readonly httpHost: string;
  readonly httpPort: number;
  readonly sipPort: number;
  readonly ariPort: number;
  readonly rtpPorts: { readonly from: number; readonly to: number };
  readonly dataDir: string;
  /** The Asterisk that runs already; `undefined`: start one. */
  readonly ariUrl: string | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment; an empty variable counts as not set. Paths are relative to `projectRoot`.
 *
 * @throws Error that lists everything that is wrong with it.
 */
export function readStartSettings(env: Environment, projectRoot: string): StartSettings {
  const problems: string[] = [];
  const text = (name: string, fallback: string): string => env[name]?.trim() || fallback;
  const port = (name: string, fallback: number): number => {
    const given = text(name, String(fallback));
    const value = /^\d{1,5}$/.test(given) ? Number(given) : 0;
    if (value < 1 || value > 65_535) problems.push(`${name}: ${given} is no port, 1-65535`);
    return value;
  };

  const rtpText = text('PARLEY_RTP_PORTS', '20000-29999');
  const rtpPorts = parsePortRange(rtpText);
  if (!rtpPorts) problems.push(`PARLEY_RTP_PORTS: ${rtpText} is no range of ports such as 20000-29999`);
  const httpHost = text('PARLEY_HTTP_HOST', '127.0.0.1');
  if (!isIP(httpHost) && httpHost !== 'localhost') problems.push(`PARLEY_HTTP_HOST: ${httpHost} is no IP address`);
  const ariUrl = text('PARLEY_ARI_URL', '') || undefined;
  if (ariUrl !== undefined && !/^https?:\/\//.test(ariUrl)) {
    problems.push(`PARLEY_ARI_URL: ${ariUrl} is no URL such as http://127.0.0.1:8088`);
  }
  if (ariUrl !== undefined) {
    for (const name of ['PARLEY_ARI_USER', 'PARLEY_ARI_PASSWORD']) {
      if (text(name, '') === '') problems.push(`${name}: needed with PARLEY_ARI_URL`);
    }
  }
  const settings = {
    httpHost,
    httpPort: port('PARLEY_HTTP_PORT', 8080),
    sipPort: port('PARLEY_SIP_PORT', 5060),
    ariPort: port('PARLEY_ARI_PORT', 8088),
    dataDir: resolve(projectRoot, text('PARLEY_DATA', 'data')),
    ariUrl,
  };
  if (problems.length > 0 || !rtpPorts) throw new Error(`configuration:\n  ${problems.join('\n  ')}`);
  return { ...settings, rtpPorts };
}
