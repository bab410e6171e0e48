/** Where the farm listens and whom it talks to. */
export type FarmConfig = {
  readonly sip: { readonly host: string; readonly port: number };
  readonly ariPort: number;
  readonly rtpPorts: { readonly from: number; readonly to: number };
  readonly password: string;
  /** The address from which the system under test sends its INVITEs. */
  readonly sut: { readonly host: string; readonly port: number };
};

export const FARM_USER = 'farm';
export const FARM_APP = 'farm';
export const TRANSFER_CONTEXT = 'transfer';

const MODULES = [
  'app_stasis',
  'app_transfer',
  'bridge_simple',
  'chan_pjsip',
  'chan_rtp',
  'codec_alaw',
  'codec_ulaw',
  'func_callerid',
  'func_channel',
  'pbx_config',
  'res_ari',
  'res_ari_applications',
  'res_ari_asterisk',
  'res_ari_bridges',
  'res_ari_channels',
  'res_ari_events',
  'res_ari_model',
  'res_ari_playbacks',
  'res_http_websocket',
  'res_pjproject',
  'res_pjsip',
  'res_pjsip_authenticator_digest',
  'res_pjsip_caller_id',
  'res_pjsip_endpoint_identifier_ip',
  'res_pjsip_header_funcs',
  'res_pjsip_outbound_authenticator_digest',
  'res_pjsip_outbound_registration',
  'res_pjsip_pubsub',
  'res_pjsip_refer',
  'res_pjsip_rfc3326',
  'res_pjsip_sdp_rtp',
  'res_pjsip_session',
  'res_rtp_asterisk',
  'res_rtp_multicast',
  'res_sorcery_astdb',
  'res_sorcery_config',
  'res_sorcery_memory',
  'res_stasis',
  'res_stasis_answer',
  'res_stasis_playback',
  'res_stasis_recording',
  'res_stasis_snoop',
  'res_timing_timerfd',
  'res_websocket_client',
];

const UNUSED = [
  'acl',
  'ccss',
  'cdr',
  'cel',
  'features',
  'indications',
  'manager',
  'pjproject',
  'udptl',
  'websocket_client',
];

/** The farm's Asterisk configuration: file name to content. */
export function farmConfigFiles(config: FarmConfig): Readonly<Record<string, string>> {
  const { sip, rtpPorts } = config;
  return {
    'asterisk.conf': '[options]\nverbose = 0\nnocolor = yes\n',
    'modules.conf': `[modules]\nautoload = no\n${MODULES.map((name) => `load = ${name}.so`).join('\n')}\n`,
    'logger.conf': '[general]\n[logfiles]\nmessages => notice,warning,error\n',
    'http.conf': `[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = ${config.ariPort}
sessionlimit = 400
`,
    'ari.conf': `[general]
enabled = yes
websocket_write_timeout = 5000

[${FARM_USER}]
type = user
password = ${config.password}
`,
    // The phones' accounts and registrations come and go over ARI, so they live in memory.
    'sorcery.conf': `[res_pjsip]
endpoint = config,pjsip.conf,criteria=type=endpoint
endpoint = memory
auth = config,pjsip.conf,criteria=type=auth
auth = memory
aor = config,pjsip.conf,criteria=type=aor
aor = memory

[res_pjsip_outbound_registration]
registration = config,pjsip.conf,criteria=type=registration
registration = memory
`,
    'pjsip.conf': `[transport]
type = transport
protocol = udp
bind = ${sip.host}:${sip.port}

[sut]
type = endpoint
context = incoming
disallow = all
allow = ulaw,alaw
direct_media = no
moh_passthrough = yes

[sut]
type = identify
endpoint = sut
match = ${config.sut.host}
`,
    // At least two characters: with one, the pattern would match the special extension h and catch calls that end. A
    // call without a number comes in at s.
    'extensions.conf': `[incoming]
exten => _[!-~].,1,Stasis(${FARM_APP},incoming)
exten => s,1,Stasis(${FARM_APP},incoming)

; A phone that asks the other side to call somebody else comes back when it has the answer, unless the call has ended.
[${TRANSFER_CONTEXT}]
exten => s,1,Transfer(PJSIP/\${REFER_TO})
 same => n,Stasis(${FARM_APP},\${TRANSFERSTATUSPROTOCOL})
`,
    // Their absence would be logged as an error at every start.
    ...Object.fromEntries(UNUSED.map((name) => [`${name}.conf`, ''])),
    'rtp.conf': `[general]\nrtpstart = ${rtpPorts.from}\nrtpend = ${rtpPorts.to}\nstrictrtp = no\n`,
  };
}
