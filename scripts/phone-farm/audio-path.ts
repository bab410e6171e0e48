import { randomUUID } from 'node:crypto';
import { type AriClient, type AriChannel } from './ari-client';
import { FARM_APP } from './farm-config';
import { RtpLine } from './rtp-line';

/**
 * Connects a channel of the farm with an RTP socket of this process: a bridge with the channel and an external media
 * channel in it. Such a bridge passes each packet on as it comes; it adds none, drops none and smooths nothing.
 */
export class AudioPath {
  readonly line: RtpLine = new RtpLine();
  /** Settles when the audio flows. */
  readonly connected: Promise<void>;
  private readonly mediaId = `audio-${randomUUID()}`;
  private readonly bridgeId = `bridge-${randomUUID()}`;

  /** @param appears resolves when a channel has come under the farm's control. */
  constructor(
    private readonly ari: AriClient,
    channelId: string,
    appears: (channelId: string) => Promise<unknown>,
  ) {
    this.connected = this.connect(channelId, appears);
    // Whoever needs it waits for it; a call that ends before needs it no more.
    this.connected.catch(() => {});
  }

  /** Takes the channel out, to do something that leaving here would undo. */
  async disconnect(channelId: string): Promise<void> {
    await this.ari.request('POST', `bridges/${this.bridgeId}/removeChannel`, { channel: channelId });
  }

  /** Brings the channel back, which had to leave for something else. */
  async reconnect(channelId: string): Promise<void> {
    await this.ari.requestIfThere('POST', `bridges/${this.bridgeId}/addChannel`, { channel: channelId });
  }

  /** Takes it down again; may be called at any time, once. */
  async close(): Promise<void> {
    this.line.close();
    await this.connected.catch(() => {});
    await this.ari.requestIfThere('DELETE', `channels/${this.mediaId}`);
    await this.ari.requestIfThere('DELETE', `bridges/${this.bridgeId}`);
  }

  private async connect(channelId: string, appears: (channelId: string) => Promise<unknown>): Promise<void> {
    const port = await this.line.bind();
    const isHere = appears(this.mediaId);
    const [media] = await Promise.all([
      this.ari.request<AriChannel>('POST', 'channels/externalMedia', {
        channelId: this.mediaId,
        app: FARM_APP,
        external_host: `127.0.0.1:${port}`,
        format: 'ulaw',
      }),
      this.ari.request('POST', `bridges/${this.bridgeId}`, { type: 'mixing' }),
    ]);
    this.line.connect(Number(media.channelvars?.UNICASTRTP_LOCAL_PORT));
    await isHere;
    await this.ari.request('POST', `bridges/${this.bridgeId}/addChannel`, {
      channel: `${channelId},${this.mediaId}`,
      // Else the media channel, which has no number, would become what an INVITE shows as the caller.
      inhibitConnectedLineUpdates: 'true',
    });
  }
}
