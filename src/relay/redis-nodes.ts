/** The addresses of nodes that are named `host:port`. */
export function addressesOf(nodes: readonly string[]): { readonly host: string; readonly port: number }[] {
  return nodes.map((node) => {
    const [host = '', port = ''] = node.split(':');
    return { host, port: Number(port) };
  });
}
