package sim

import (
	"context"
	"fmt"
	"strings"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// made are the parts of made-up names.
var made = struct{ family, given []string }{
	strings.Split("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", ""),
	strings.Split("小月 思源 一鸣 可心 子墨 安然 若水 知行 乐天 念慈 书言", " "),
}

// person is who the i-th customer is. Nobody can be it: there is no region 000000, and
// no mobile number begins with 12.
func person(i int) client.PersonDetails {
	born := calendar.Of(1966, 2, 3) + calendar.Date(i*4_649%13_000) // from 24 to 60 years old
	return client.PersonDetails{
		Name:           made.family[i%len(made.family)] + made.given[i*3%len(made.given)],
		IdentityNumber: identityNumber("000000", born, 100+i%900),
		Phone:          fmt.Sprintf("+86120%08d", 1_0000+i*37),
	}
}

// identityNumber puts an identity number together, with the check character of
// GB 11643: the digits, each times 2 to the power of its place from the right, and the
// check character, leave 1 when divided by 11.
func identityNumber(region string, born calendar.Date, serial int) string {
	digits := fmt.Sprintf("%s%s%03d", region, strings.ReplaceAll(born.String(), "-", ""), serial)
	rest := 0
	for _, d := range digits {
		rest = (rest + int(d-'0')) * 2 % 11
	}
	check := (12 - rest) % 11
	if check == 10 {
		return digits + "X"
	}
	return digits + fmt.Sprint(check)
}

// known looks how the installation shows who the customer is.
func (c *customer) known(ctx context.Context) error {
	c.met.Requests++
	shown, err := c.world.api.GetPerson(ctx, c.name)
	if err != nil {
		return fmt.Errorf("look at what is known: %w", err)
	}
	for _, f := range [][2]string{{c.person.Name, shown.Name}, {c.person.IdentityNumber, shown.IdentityNumber}, {c.person.Phone, shown.Phone}} {
		if f[0] == f[1] || !strings.Contains(f[1], "*") {
			return fmt.Errorf("what is known of %s is shown unmasked", c.name)
		}
	}
	if !shown.Adult || shown.Customer != c.name {
		return fmt.Errorf("%s is known as %+v", c.name, shown)
	}
	return nil
}

// twice applies under another name, for a second account in the same programme.
func (c *customer) twice(ctx context.Context, request client.ApplicationRequest) error {
	request.Customer = c.name + "-twice"
	request.Consents = append([]client.Consent{}, request.Consents...)
	for i := range request.Consents {
		request.Consents[i].Person = request.Customer
	}
	c.met.Requests++
	_, err := c.world.api.Apply(ctx, request.Customer, request)
	return refused(err, "person_has_account", "a second account for the same person")
}
