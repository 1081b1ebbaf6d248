/** Whether a topic filter keeps to MQTT 5, 4.7.1: `+` and `#` alone in their level, `#` last. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.length > MAX_TOPIC_LENGTH || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !/[+#]/.test(level);
  });
}

/** Whether a message on this topic comes through that filter. */
export function matches(filter: string, topic: string): boolean {
  // What begins with $ is the broker's own, which no wildcard may catch.
  if (topic.startsWith('$') && !filter.startsWith('$')) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (levels[index] === undefined) return false;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/** Names of documents are no longer. */
export const MAX_TOPIC_LENGTH = 400;
