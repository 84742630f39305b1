/** Whether texts are URLs of peers as etcd takes them: a scheme, and host and port without a path, or a socket. */
export function arePeerUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => peerUrl.test(url.trim()));
}

const peerUrl = /^(https?:\/\/([^\s/?#:@[\]]*|\[[0-9a-fA-F:.]+\]):\d*|unixs?:\S*)$/;
