import { type RunningAsterisk } from '../asterisk/asterisk-process';
import { type AriClient } from './ari-client';
import { eventually } from './eventually';

/** A SIP account of the farm at the system under test. */
export type Account = {
  /** Its name inside the farm. */
  readonly id: string;
  readonly user: string;
  readonly password: string;
  /** Calls from this account show its user as the caller, or whatever the call says. */
  readonly showsUser: boolean;
};

const REGISTER_MS = 10_000;
const REGISTRATION_LINE = /^\s*(\S+)\/sip:\S+\s+\S+\s+(\w+)/;

/** The farm's accounts: they register at the system under test and place calls there. */
export class Accounts {
  constructor(
    private readonly ari: AriClient,
    private readonly asterisk: RunningAsterisk,
    private readonly sut: { readonly host: string; readonly port: number },
  ) {}

  /**
   * Creates the account, registers it, and resolves when the system under test has accepted that: after a second,
   * which Asterisk always waits first.
   *
   * @throws Error when it is refused.
   */
  async register(account: Account): Promise<void> {
    const { id, user, password, showsUser } = account;
    const server = `${this.sut.host}:${this.sut.port}`;
    await this.put('auth', id, { auth_type: 'userpass', username: user, password });
    await this.put('aor', id, { contact: `sip:${server}` });
    await this.put('endpoint', id, {
      aors: id,
      outbound_auth: id,
      context: 'incoming',
      allow: '!all,ulaw,alaw',
      direct_media: 'no',
      moh_passthrough: 'yes',
      ...(showsUser ? { from_user: user } : {}),
    });
    await this.put('registration', id, {
      server_uri: `sip:${server}`,
      client_uri: `sip:${user}@${server}`,
      contact_user: user,
      outbound_auth: id,
      retry_interval: '1',
      max_retries: '1000',
      max_random_initial_delay: '0',
    });
    const isRegistered = async (): Promise<boolean> => {
      const status = await this.status(id);
      if (status === 'Rejected') {
        await this.remove(account);
        throw new Error(`${user} may not register at ${server}`);
      }
      return status === 'Registered';
    };
    await eventually(isRegistered, REGISTER_MS, () => `${user} should be registered at ${server}`);
  }

  /** Takes the registration back, waits until that is confirmed, and forgets the account. */
  async unregister(account: Account): Promise<void> {
    const { id, user } = account;
    if ((await this.status(id)) === 'Registered') {
      await this.asterisk.cli(`pjsip send unregister ${id}`);
      const isGone = async (): Promise<boolean> => (await this.status(id)) !== 'Registered';
      await eventually(isGone, REGISTER_MS, () => `${user} should no longer be registered`);
    }
    await this.remove(account);
  }

  private async remove({ id }: Account): Promise<void> {
    for (const type of ['registration', 'endpoint', 'aor', 'auth']) {
      await this.ari.requestIfThere('DELETE', `asterisk/config/dynamic/res_pjsip/${type}/${id}`);
    }
  }

  private async put(type: string, id: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    const fields = Object.entries(attributes).map(([attribute, value]) => ({ attribute, value }));
    await this.ari.request('PUT', `asterisk/config/dynamic/res_pjsip/${type}/${id}`, {}, { fields });
  }

  /** `Registered`, `Unregistered`, `Rejected`, ... There is no event for it, but asking costs a millisecond. */
  private async status(id: string): Promise<string | undefined> {
    const lines = (await this.asterisk.cli('pjsip show registrations')).split('\n');
    return lines.map((line) => REGISTRATION_LINE.exec(line)).find((match) => match?.[1] === id)?.[2];
  }
}
