/** The second is the form that existing clients use; what it names counts where requests are signed. */
const BASES = '/v1{/account/:account}';
const EITHER_BASE = '/v1(?:/account/[^/]+)?';
const SUBJECT = new RegExp(`^(?:${EITHER_BASE})?(?:/callcenter)?/([^/]+)`);

/** What the router writes for `/callcenter/agent/{name}` under either base. */
export function routerPath(path: string): string {
  return BASES + path.replace(/\{(\w+)\}/g, ':$1');
}

/** The path that the router has written so; any other as it is. */
export function apiPath(routed: string): string {
  return routed.replace(BASES, '').replace(/:(\w+)/g, '{$1}');
}

/** What a request's path, or that of an operation, is about, and how many parts it has from there: `agent 2`. */
export function shapeOf(path: string): string {
  const found = SUBJECT.exec(path);
  if (found === null) return '';
  const parts = path.slice(found[0].length).replace(/\/$/, '').split('/').length;
  return `${found[1]} ${parts}`;
}

/** Of a request's path under either base, with anything in place of its names. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^${EITHER_BASE}${path.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}
