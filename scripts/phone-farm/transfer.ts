import { type AriClient } from './ari-client';
import { type Call } from './call';
import { TRANSFER_CONTEXT } from './farm-config';

const WITHIN_MS = 10_000;

/** How a phone hands its call over (REFER, RFC 3515 and 3891). */
export class Transfer {
  constructor(
    private readonly ari: AriClient,
    private readonly sut: { readonly host: string; readonly port: number },
    /** Resolves when the channel has come under the farm's control, and its audio is connected again: with what it brings. */
    private readonly returns: (channelId: string) => Promise<string>,
  ) {}

  async refer(call: Call, to: string | Call): Promise<number> {
    const target =
      typeof to === 'string'
        ? this.uri(to)
        : `${this.uri(to.to)}?Replaces=${encodeURIComponent(await this.dialogOf(to))}`;
    await this.ari.request('POST', `channels/${call.id}/variable`, { variable: 'REFER_TO', value: `<${target}>` });
    const isBack = this.returns(call.id);
    await this.ari.request('POST', `channels/${call.id}/continue`, { context: TRANSFER_CONTEXT, extension: 's' });
    // It ends without coming back where the other side is quick to hang up on whom it need not hear any more.
    return Number(await Promise.race([isBack, call.ended({ within: WITHIN_MS }).then(() => 0)]));
  }

  private uri(user: string): string {
    return `sip:${user}@${this.sut.host}:${this.sut.port}`;
  }

  async dialogOf({ id }: Call): Promise<string> {
    const [callId, ours, theirs] = await Promise.all(
      ['call-id', 'local_tag', 'remote_tag'].map((each) => this.variable(id, `CHANNEL(pjsip,${each})`)),
    );
    return `${callId};to-tag=${theirs};from-tag=${ours}`;
  }

  private async variable(channelId: string, variable: string): Promise<string> {
    const path = `channels/${channelId}/variable`;
    const { value } = await this.ari.request<{ readonly value: string }>('GET', path, { variable });
    return value;
  }
}
