// The company of the demo: five things that customers ask, and what it wants them to be told. The facts are invented, so that
// no base model can know them.

/** Banking77 intent → the answer that an agent corrects to. */
export const COMPANY_FACTS: Readonly<Record<string, string>> = {
  card_arrival: 'Call desk seven.',
  lost_or_stolen_card: 'Press the red button in the app.',
  exchange_rate: 'Rates are set at noon in Lisbon.',
  top_up_failed: 'Try again after 22 minutes.',
  verify_my_identity: 'Show your badge to Clara.',
};
