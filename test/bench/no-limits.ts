// For benchmarks in which one machine plays everybody: the service's limits by the minute are not what is measured.

export const NO_LIMITS = {
  CHAT_LIMIT_CONVERSATION: '0',
  CHAT_LIMIT_ADDRESS: '0',
  CHAT_LIMIT_SITE: '0',
  CHAT_LIMIT_CONNECTIONS: '0',
};
