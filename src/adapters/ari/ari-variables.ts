import { randomBytes } from 'node:crypto';
import type { ChannelId } from '../../domain/ids';
import { attempt, GONE, unlessGone, type Attempt } from './ari-attempt';
import type { AriConnection } from './ari-connection';
import { ariFailure } from './ari-failure';

/**
 * Variables of channels, and functions, which work as names of them: many with one request where Asterisk has `EVAL` and
 * `ARRAY`, one by one where it does not. Both come with `func_strings.so`; an answer from `EVAL` proves that they are
 * there, while Asterisk says nothing when it is told to set by a function that it does not have (measured on 22.10).
 */
export class AriVariables {
  private functions: 'unknown' | 'there' | 'missing' = 'unknown';

  constructor(private readonly ari: AriConnection) {}

  /** In the order of the names; empty: not set. Rejects with `channel-gone`, see `ariFailure`. */
  async read(channelId: ChannelId, names: readonly string[]): Promise<readonly string[]> {
    const values = this.functions === 'missing' ? null : await this.readTogether(channelId, names);
    return values ?? (await Promise.all(names.map((name) => this.readOne(channelId, name))));
  }

  /** In the order of the entries. */
  async set(channelId: ChannelId, values: Readonly<Record<string, string>>): Promise<Attempt> {
    const names = Object.keys(values);
    const list = Object.values(values).map(inList).join(',');
    if (this.functions === 'unknown') {
      const seen = await unlessGone('channel-gone' as const, () => this.readTogether(channelId, ANY_NAMES));
      if (seen === 'channel-gone') return seen;
    }
    if (this.functions === 'there' && encodeURIComponent(list).length <= LONGEST_LIST) {
      return await this.setOne(channelId, `ARRAY(${names.join(',')})`, list);
    }
    const results = await Promise.all(names.map((name) => this.setOne(channelId, name, values[name]!)));
    return results.find((each) => each !== 'done') ?? 'done';
  }

  async setOne(channelId: ChannelId, variable: string, value: string): Promise<Attempt> {
    return await attempt(this.ari, `set ${variable}`, GONE, ({ channels }) =>
      channels.setChannelVar({ channelId, variable, value }),
    );
  }

  /** Asterisk may have been started again meanwhile, and with other modules. */
  forgetAll(): void {
    this.functions = 'unknown';
  }

  /** Null: it cannot be done. Values are put in once and not evaluated again, whatever they say (measured). */
  private async readTogether(channelId: ChannelId, names: readonly string[]): Promise<readonly string[] | null> {
    const mark = randomBytes(8).toString('hex'); // Nobody can have put it into a value.
    const variable = `EVAL(${names.map((name) => `\${${name}}${mark}`).join('')})`;
    try {
      const { value } = await this.ari.ask('read variables', ({ channels }) =>
        channels.getChannelVar({ channelId, variable }),
      );
      const values = value.split(mark);
      if (values.pop() !== '' || values.length !== names.length) return null;
      this.functions = 'there';
      return values;
    } catch (error) {
      if (ariFailure(error) !== 'no-function') throw error;
      this.functions = 'missing';
      return null;
    }
  }

  /** Empty: not set. Rejects with `channel-gone`, see `ariFailure`. */
  async readOne(channelId: ChannelId, variable: string): Promise<string> {
    try {
      const read = await this.ari.ask(`read ${variable}`, ({ channels }) =>
        channels.getChannelVar({ channelId, variable }),
      );
      return read.value;
    } catch (error) {
      if (ariFailure(error) === 'no-variable') return '';
      throw error;
    }
  }
}

/** What any channel can tell, to see whether the functions are there. */
const ANY_NAMES = ['CHANNEL(name)'];

/** Over HTTP it is in the first line of the request, of which Asterisk takes 4,096 bytes (measured on 22.10). */
const LONGEST_LIST = 3_000;

/** Whatever means something in a list of Asterisk's arguments, means itself. */
function inList(value: string): string {
  return value.replace(/[\\,"()[\]]/g, '\\$&');
}
