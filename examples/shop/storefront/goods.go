package storefront

import "github.com/yuefu/yuefu/api/client"

// product is something that is sold here.
type product struct {
	ID     string
	ZH, EN string
	Price  int64 // in minor units
}

// goods are all of them. Prices are known here only: a browser says what, never for how much.
var goods = []product{
	{"headphones", "头戴式耳机", "Headphones", 899_00},
	{"umbrella", "蓝色长柄伞", "Blue umbrella", 129_00},
	{"tea", "明前龙井 250 克", "Longjing tea, 250 g", 368_00},
	{"lamp", "护眼台灯", "Desk lamp", 259_90},
	{"backpack", "帆布双肩包", "Canvas backpack", 339_00},
	{"kettle", "温控电水壶", "Kettle that keeps warm", 1_299_00},
}

const (
	currency = client.Currency("CNY")
	scene    = "mall" // where credit is spent: one of the programme's scenes
	merchant = "m-xiaoman"
)

func findProduct(id string) (product, bool) {
	for _, p := range goods {
		if p.ID == id {
			return p, true
		}
	}
	return product{}, false
}

// home is the goods, and in a sandbox what to try next.
func home(v *visit) error {
	return v.show(200, "home", map[string]any{"Goods": goods, "Guide": v.guide()})
}
