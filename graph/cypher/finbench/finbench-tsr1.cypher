// When was an account opened, is it blocked, and of which type is it?
//
// LDBC FinBench, transaction simple read 1.
// Parameters:
//   id: string                    an account id
// Columns:
//   createTime: datetime          when it was opened
//   isBlocked: boolean            whether it is blocked
//   type: string                  of the account, in words of FinBench
MATCH (account:Account)
WHERE account.id = $id AND account.created_at IS NOT NULL
RETURN account.created_at AS createTime, account.is_blocked AS isBlocked, account.type AS type
