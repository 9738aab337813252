/** A URL without its secrets: userinfo and query become `***`, the fragment goes. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return '(unreadable URL)';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    url.username = '***';
    url.password = '';
  }
  if (url.search !== '') url.search = '?***';
  url.hash = '';
  return url.href;
}
