import { signatureOf } from '../../src/adapters/http/signature';

export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  readonly body: string | Buffer;
  readonly contentType: string;
  readonly timestamp: string;
  readonly appId: string;
  readonly certId: string;
};

/** The bodies of these methods are signed. */
export const hasSignedBody = (method: string): boolean => method === 'POST' || method === 'PUT';

/** The headers of a request that a client of the application signs. */
export function signedHeaders(secret: string, request: SignedRequest): Record<string, string> {
  const { method, path, body, contentType, timestamp, appId, certId } = request;
  return {
    AppID: appId,
    CertID: certId,
    Timestamp: timestamp,
    Signature: signatureOf(secret, {
      method,
      body: hasSignedBody(method) ? Buffer.from(body) : null,
      contentType,
      timestamp,
      appId,
      path: path.split('?')[0]!,
    }),
    ...(contentType === '' ? {} : { 'Content-Type': contentType }),
  };
}
