package storefront

import (
	"fmt"
	"math/rand/v2"

	"github.com/yuefu/yuefu/api/client"
)

// madeUp is who a visitor of a sandbox is. A real shop has its customers' names from its own
// real-name check (实名认证), and tells them to yuefu once, which keeps them in its vault.
// Nobody can be a person of a sandbox: there is no region 000000, and no mobile number
// begins with 12.
func madeUp() client.PersonDetails {
	digits := fmt.Sprintf("000000%04d%02d%02d%03d", 1966+rand.IntN(35), 1+rand.IntN(12), 1+rand.IntN(28), 100+rand.IntN(900))
	return client.PersonDetails{
		Name:           pick("林", "何", "郭", "马", "罗", "梁", "宋", "唐") + pick("小满", "知秋", "云舒", "望舒", "清和", "听雨"),
		IdentityNumber: digits + check(digits),
		Phone:          fmt.Sprintf("+86129%08d", rand.IntN(100_000_000)),
	}
}

func pick(from ...string) string { return from[rand.IntN(len(from))] }

// check is the check character of an identity number by GB 11643: the digits, each times
// 2 to the power of its place from the right, and it leave 1 when divided by 11.
func check(digits string) string {
	rest := 0
	for _, d := range digits {
		rest = (rest + int(d-'0')) * 2 % 11
	}
	return []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"}[(12-rest)%11]
}
