import { hashText, mix } from './seeded-random.ts'
import { seededUuid } from './workspace-ids.ts'

const EXPIRES_AFTER_S = 3600

/**
 * Files that Notion hosts. Their addresses are signed for an hour and differ at every fetch, also when nothing about
 * the file has changed; the path before the query string stays.
 */
export const createHostedFiles = (seed: number, workspaceId: string, nowMs: () => number) => {
  let signatures = 0
  const signature = (): string => {
    signatures += 1
    return [1, 2, 3, 4, 5, 6, 7, 8].map((word) => mix(seed, signatures, word).toString(16).padStart(8, '0')).join('')
  }
  return (pageId: string, name: string): unknown => {
    const signedAt = new Date(nowMs())
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
      'X-Amz-Date': signedAt.toISOString().replaceAll(/[-:]|\.\d+/g, ''),
      'X-Amz-Expires': String(EXPIRES_AFTER_S),
      'X-Amz-Signature': signature(),
      'X-Amz-SignedHeaders': 'host',
      'x-id': 'GetObject',
    })
    const path = `${workspaceId}/${seededUuid(seed, hashText(pageId), hashText(name))}/${name}`
    return {
      name,
      type: 'file',
      file: {
        url: `https://prod-files-secure.s3.us-west-2.amazonaws.com/${path}?${query.toString()}`,
        expiry_time: new Date(signedAt.getTime() + EXPIRES_AFTER_S * 1000).toISOString(),
      },
    }
  }
}
