import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startAsterisk, type RunningAsterisk } from '../asterisk/asterisk-process';
import { type AsteriskProgram } from '../asterisk/asterisk-program';
import { Accounts, type Account } from './accounts';
import { AriClient, type AriChannel, type AriEvent } from './ari-client';
import { AudioPath } from './audio-path';
import { Call, DECLINE_CAUSES, type CallFacts, type DeclineReason } from './call';
import { eventually, now } from './eventually';
import { FARM_APP, FARM_USER, farmConfigFiles } from './farm-config';
import { Line, type LineOptions, type Manner } from './line';
import { type Tone } from './tones';
import { Transfer } from './transfer';

export type PhoneFarmOptions = {
  readonly program: AsteriskProgram;
  /** Folder for everything that the farm's Asterisk writes. */
  readonly state: string;
  /** Where the farm's phones are. */
  readonly sip: { readonly host: string; readonly port: number };
  /** HTTP port of the farm's own Asterisk, on 127.0.0.1. */
  readonly ariPort: number;
  /** For the farm's own Asterisk: four ports for each call at a time. */
  readonly rtpPorts: { readonly from: number; readonly to: number };
  /** Where the system under test takes SIP. */
  readonly sut: { readonly host: string; readonly port: number };
  /** The account by which the outside world reaches the system under test, and it the outside world. */
  readonly trunk: { readonly user: string; readonly password: string };
};

export type PhoneOptions = LineOptions & { readonly user: string; readonly password: string };

type Calling = { readonly from: string; readonly to: string; readonly tone: Tone; readonly replaces?: Call };

const TRUNK = 'trunk';
const DIAL_SECONDS = 120;
const GIVEN_UP_MS = 1000;

/** Telephones that a test holds in its hands: they register, call, are called, speak in tones and listen. */
export class PhoneFarm {
  private readonly lines = new Map<string, Line>();
  private readonly calls = new Map<string, { readonly call: Call; readonly audio: AudioPath }>();
  /** What channels still have to be reported as present, and what to do then with what the dialplan says of them. */
  private readonly expected = new Map<string, (said: string) => void>();
  private readonly chores = new Set<Promise<void>>();
  private readonly accounts: Accounts;
  private failure: Error | undefined;

  private constructor(
    private readonly ari: AriClient,
    private readonly asterisk: RunningAsterisk,
    private readonly trunk: Account,
    private readonly sut: PhoneFarmOptions['sut'],
    /** Where its phones are, as `<ip>:<port>`: to the system under test it may also be a gateway. */
    readonly address: string,
  ) {
    this.accounts = new Accounts(ari, asterisk, sut);
  }

  /**
   * Starts the farm and registers the trunk.
   *
   * @throws Error when the farm's Asterisk does not come up or the trunk is not accepted.
   */
  static async start(options: PhoneFarmOptions): Promise<PhoneFarm> {
    const password = randomBytes(12).toString('hex');
    const etc = join(options.state, 'etc');
    await mkdir(etc, { recursive: true });
    for (const [name, text] of Object.entries(farmConfigFiles({ ...options, password }))) {
      await writeFile(join(etc, name), text, { mode: 0o600 });
    }
    const asterisk = await startAsterisk(options.program, { etc, state: options.state });
    const ari = new AriClient({ port: options.ariPort, app: FARM_APP, user: FARM_USER, password });
    const { trunk, sut, sip } = options;
    const account = { id: TRUNK, ...trunk, showsUser: false };
    const farm = new PhoneFarm(ari, asterisk, account, sut, `${sip.host}:${sip.port}`);
    try {
      await ari.listen(
        (event) => farm.take(event),
        (reason) => (farm.failure ??= new Error(`the phone farm lost its Asterisk: ${reason}`)),
      );
      await farm.accounts.register(farm.trunk);
    } catch (error) {
      await farm.stop().catch(() => {}); // What went wrong first says more.
      throw error;
    }
    return farm;
  }

  /**
   * An agent's phone: resolves when the system under test has accepted its registration. That takes a second, so
   * several are best registered at once.
   *
   * @throws Error when the system under test refuses.
   */
  async register(options: PhoneOptions): Promise<Phone> {
    const account = {
      id: `phone-${options.user}`,
      user: options.user,
      password: options.password,
      showsUser: true,
    };
    const phone = new Phone(
      options,
      (to, tone, replaces) => this.dial(account, options.user, to, tone, replaces),
      async () => {
        this.lines.delete(options.user);
        await this.accounts.unregister(account);
      },
    );
    this.lines.set(options.user, phone);
    try {
      await this.accounts.register(account);
    } catch (error) {
      this.lines.delete(options.user);
      throw error;
    }
    return phone;
  }

  /**
   * What answers when the system under test calls this number over the trunk, or through the farm as a gateway; `s`:
   * through the gateway without a number. Other numbers do not exist (404).
   */
  outside(number: string, options: LineOptions): Line {
    const line = new Line(number, options);
    this.lines.set(number, line);
    return line;
  }

  /**
   * A customer calls in over the trunk. Resolves at once, see `Call.answered`. `replaces`: it takes over the call of
   * another phone of the farm (RFC 3891); the number has to exist all the same.
   */
  async call({ from, to, tone, replaces }: Calling): Promise<Call> {
    return await this.dial(this.trunk, from, to, tone, replaces);
  }

  /** The process of the farm's Asterisk. */
  get pid(): number {
    return this.asterisk.pid;
  }

  /**
   * Ends all calls and the farm's Asterisk.
   *
   * @throws Error when something went wrong in the farm itself.
   */
  async stop(): Promise<void> {
    await Promise.allSettled([...this.calls.values()].map(({ call }) => call.hangUp()));
    await Promise.allSettled(this.chores);
    this.ari.close();
    for (const { audio } of this.calls.values()) audio.line.close();
    await this.asterisk.stop();
    if (this.failure) throw this.failure;
  }

  private async dial(account: Account, from: string, to: string, tone: Tone, replaces?: Call): Promise<Call> {
    if (this.failure) throw this.failure;
    const id = `call-${randomUUID()}`;
    const isHere = this.appears(id);
    await this.ari.request(
      'POST',
      'channels/create',
      { endpoint: `PJSIP/${to}@${account.id}`, app: FARM_APP, channelId: id },
      // The number shown to the other side is the one that the channel is connected to, seen from there.
      { variables: { 'CONNECTEDLINE(num,i)': from, ...(await replacing(replaces)) } },
    );
    await isHere;
    const call = this.begin({ id, direction: 'out', from, to, tone });
    await call.connected;
    await this.ari.request('POST', `channels/${id}/dial`, { timeout: String(DIAL_SECONDS) });
    return call;
  }

  /** Resolves when this channel has come under the farm's control, with what the dialplan says of it. */
  private appears(channelId: string): Promise<string> {
    return new Promise((resolve) => this.expected.set(channelId, resolve));
  }

  private take(event: AriEvent): void {
    const { channel } = event;
    if (!channel) return;
    if (event.type === 'StasisStart') {
      const isExpected = this.expected.get(channel.id);
      this.expected.delete(channel.id);
      if (isExpected) isExpected(event.args?.[0] ?? '');
      else this.background(this.takeIncoming(channel));
      return;
    }
    const known = this.calls.get(channel.id);
    if (!known) return;
    if (event.type === 'ChannelDestroyed') this.end(channel.id, event);
    else known.call.take(event);
  }

  private end(channelId: string, event: AriEvent): void {
    const known = this.calls.get(channelId);
    if (!known) return;
    known.call.take(event);
    this.calls.delete(channelId);
    this.background(known.audio.close());
  }

  /** Without it Asterisk would not report the end of a channel that came from the dialplan. */
  private async follow(channelId: string): Promise<void> {
    const isThere = await this.ari.requestIfThere('POST', `applications/${FARM_APP}/subscription`, {
      eventSource: `channel:${channelId}`,
    });
    if (!isThere) this.end(channelId, { type: 'ChannelDestroyed' });
  }

  private async takeIncoming(channel: AriChannel): Promise<void> {
    const line = this.lines.get(channel.dialplan.exten);
    if (!line) return await this.refuse(channel, 'not-found');
    const { manner } = line;
    if (typeof manner !== 'string' && 'decline' in manner && manner.after === undefined) {
      return await this.refuse(channel, manner.decline);
    }
    const { number: from } = channel.caller;
    const call = this.begin({ id: channel.id, direction: 'in', from, to: line.number, tone: line.tone });
    await this.follow(channel.id);
    if (manner !== 'quiet') await this.ari.requestIfThere('POST', `channels/${channel.id}/ring`);
    await call.connected.catch(() => call.ended({ within: GIVEN_UP_MS }));
    line.calls.push(call);
    if (typeof manner !== 'string') await this.behave(call, manner);
  }

  private async refuse(channel: AriChannel, reason: DeclineReason): Promise<void> {
    const query = { reason_code: String(DECLINE_CAUSES[reason]) };
    await this.ari.requestIfThere('DELETE', `channels/${channel.id}`, query);
  }

  private async behave(call: Call, manner: Exclude<Manner, string>): Promise<void> {
    const delay = 'answerAfter' in manner ? manner.answerAfter : (manner.after ?? 0);
    const actAt = now() + delay;
    await eventually(
      () => call.state !== 'ringing' || now() >= actAt,
      delay + GIVEN_UP_MS,
      () => 'time should pass',
    );
    if (call.state !== 'ringing') return;
    try {
      if ('answerAfter' in manner) await call.answer();
      else await call.decline(manner.decline);
    } catch {
      await call.ended({ within: GIVEN_UP_MS }); // The caller gave up at the same moment.
    }
  }

  private begin(facts: CallFacts): Call {
    const audio = new AudioPath(this.ari, facts.id, (channelId) => this.appears(channelId));
    const transfer = new Transfer(this.ari, this.sut, async (channelId) => {
      const said = await this.appears(channelId);
      await this.follow(channelId);
      await audio.reconnect(channelId);
      return said;
    });
    const call = new Call(this.ari, audio, facts, transfer);
    this.calls.set(facts.id, { call, audio });
    return call;
  }

  /** Runs something to its end on its own; what goes wrong is the farm's failure. */
  private background(chore: Promise<void>): void {
    const tracked = chore
      .catch((error: unknown) => void (this.failure ??= error as Error))
      .finally(() => this.chores.delete(tracked));
    this.chores.add(tracked);
  }
}

async function replacing(call: Call | undefined): Promise<Readonly<Record<string, string>>> {
  if (call === undefined) return {};
  return { 'PJSIP_HEADER(add,Replaces)': await call.dialog(), 'PJSIP_HEADER(add,Require)': 'replaces' };
}

/** An agent's telephone. */
export class Phone extends Line {
  constructor(
    options: PhoneOptions,
    private readonly dial: (to: string, tone: Tone, replaces?: Call) => Promise<Call>,
    /** Takes its registration back; resolves when the system under test has confirmed that. */
    readonly unregister: () => Promise<void>,
  ) {
    super(options.user, options);
  }

  /** Calls a number of the system under test. Resolves at once, see `Call.answered`, and for `replaces` `PhoneFarm.call`. */
  async call(to: string, replaces?: Call): Promise<Call> {
    return await this.dial(to, this.tone, replaces);
  }
}
