import { hangUpChannel, legAnswered, legMissed } from './call/leg-facts';
import { place, playUnder } from './conversation/audio';
import { present, type Conversation } from './conversation/conversation';
import { HELD } from './conversation/listen-speak-mode';
import { end } from './conversation/membership';
import { accountOf } from './extension/extension';
import { provision, setEnabled } from './extension/provisioning';
import type { BridgeId, ChannelId } from './ids';
import type { PhoneSystemView, Stamped } from './input';
import type { UnitOfWork } from './unit-of-work';

/** What the reconciler sees in Asterisk leads to the same rules as what Asterisk tells. */
export function phoneSystemSeen(tx: UnitOfWork, view: Stamped<'phone-system-seen'>): void {
  seeTrunk(tx, view);
  seeAccounts(tx, view);
  for (const conversation of [...tx.conversations.all()]) seeBridge(tx, conversation, view);
  for (const { channelId } of [...tx.calls.all()]) seeChannel(tx, channelId, view);
  for (const { id } of [...tx.conversations.all()]) seePlaces(tx, tx.conversations.get(id), view);
  for (const { id, memberOf } of [...tx.calls.all()])
    if (memberOf.length === 0 && view.afterGap) place(tx, id, true);
  hangUpStrays(tx, view);
}

function seeTrunk(tx: UnitOfWork, { trunks }: PhoneSystemView): void {
  const id = tx.settings.trunk;
  if (id === null) return;
  const present = trunks.has(id);
  if (tx.trunks.get(id)?.present !== present) tx.trunks.put({ id, present });
}

function seeAccounts(tx: UnitOfWork, { accounts, unsettled }: PhoneSystemView): void {
  for (const extension of [...tx.extensions.all()]) {
    const account = accountOf(extension);
    if (account === null || unsettled.has(account.user)) continue;
    const state = accounts.get(account.user);
    if (state === undefined) provision(tx, extension);
    setEnabled(tx, extension, state === 'reachable');
  }
}

/** A bridge that is gone takes its conversation along if everybody in it is gone too, else it is replaced. */
function seeBridge(tx: UnitOfWork, { id }: Conversation, view: PhoneSystemView): void {
  const conversation = tx.conversations.need(id);
  if (view.bridges.has(conversation.bridgeId) || !isJudged(view, conversation.bridgeId)) return;
  const channels = present(conversation).map(({ callId }) => tx.calls.need(callId).channelId);
  const isLost = channels.every((channelId) => !view.channels.has(channelId) && isJudged(view, channelId));
  if (isLost) return end(tx, conversation, 'lost');
  const bridgeId = tx.newId<BridgeId>();
  tx.conversations.put({ ...conversation, bridgeId, underTalk: null });
  tx.do({ do: 'open-bridge', bridgeId });
}

function seeChannel(tx: UnitOfWork, channelId: ChannelId, view: PhoneSystemView): void {
  if (!isJudged(view, channelId)) return;
  const state = view.channels.get(channelId);
  if (state === undefined) legMissed(tx, { channelId });
  else if (state === 'up' && tx.callOn(channelId)?.stage.at === 'ringing') legAnswered(tx, { channelId });
}

/** Puts right who sits elsewhere; after a gap, everybody, because a mute or music cannot be seen. */
function seePlaces(tx: UnitOfWork, conversation: Conversation | undefined, view: PhoneSystemView): void {
  if (conversation === undefined) return;
  const seated = view.bridges.get(conversation.bridgeId) ?? [];
  for (const { callId, mode } of present(conversation)) {
    const { channelId, placement } = tx.calls.need(callId);
    const bridgeId = placement?.bridgeId ?? null;
    const isElsewhere =
      isJudged(view, conversation.bridgeId) && seated.includes(channelId) !== (bridgeId === conversation.bridgeId);
    const hasNewBridge = mode !== HELD && bridgeId !== null && bridgeId !== conversation.bridgeId;
    if ((isJudged(view, channelId) && (isElsewhere || view.afterGap)) || hasNewBridge) place(tx, callId, true);
  }
  playUnder(tx, conversation.id, view.afterGap);
}

/**
 * Ours by their ids, and unknown: what a request that we had given up has left behind. What was known
 * when the look began is none: if it has ended since, its hang-up, release or closing is on the way.
 */
function hangUpStrays(tx: UnitOfWork, { channels, bridges, expected, unsettled }: PhoneSystemView): void {
  const isUnknown = (id: ChannelId | BridgeId): boolean => !expected.has(id) && !unsettled.has(id);
  for (const channelId of channels.keys()) {
    if (tx.callOn(channelId) === undefined && isUnknown(channelId)) hangUpChannel(tx, channelId);
  }
  const inUse = new Set([...tx.conversations.all()].map(({ bridgeId }) => bridgeId));
  for (const bridgeId of bridges.keys()) {
    if (!inUse.has(bridgeId) && isUnknown(bridgeId)) tx.do({ do: 'close-bridge', bridgeId });
  }
}

function isJudged({ expected, unsettled }: PhoneSystemView, id: ChannelId | BridgeId): boolean {
  return expected.has(id) && !unsettled.has(id);
}
