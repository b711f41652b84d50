CREATE TABLE IF NOT EXISTS company (
  company_id VARCHAR PRIMARY KEY,
  name VARCHAR NOT NULL,
  country VARCHAR,
  role VARCHAR,
  tickers VARCHAR[] NOT NULL,
  aliases VARCHAR[] NOT NULL
);
COMMENT ON TABLE company IS 'Registry of companies';
COMMENT ON COLUMN company.company_id IS 'Key of the registry';
COMMENT ON COLUMN company.name IS 'Registered or usual full name';
COMMENT ON COLUMN company.country IS 'ISO 3166 alpha-2 code of its seat';
COMMENT ON COLUMN company.role IS 'Place in the chain: miner, magnet_maker, carmaker ...';
COMMENT ON COLUMN company.tickers IS 'Exchange tickers';
COMMENT ON COLUMN company.aliases IS 'Names it is found by';
