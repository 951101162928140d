package database

import "fmt"

// MaxPartitions is the largest number of partitions: more cost CPU and bring nothing.
const MaxPartitions = 256

// partitionNumbers holds one integer from each 1/256 of the range of PostgreSQL's
// hashint4, in the order of the hash. It is Citus's hash too, so that they spread
// exactly evenly over 8, 16, 32, 64, 128 or 256 shards, where 0..255 would put 3
// to 17 on each of 32. The numbers are stored in every row: they never change.
var partitionNumbers = [MaxPartitions]int32{
	354, 298, 60, 146, 443, 8, 132, 20, 230, 303, 259, 82, 118, 205, 1, 15,
	291, 155, 344, 31, 119, 88, 311, 458, 412, 148, 79, 94, 26, 33, 340, 24,
	520, 35, 157, 10, 115, 129, 598, 92, 104, 198, 579, 48, 109, 234, 466, 516,
	5, 53, 208, 652, 290, 323, 928, 112, 196, 50, 77, 200, 166, 178, 504, 632,
	61, 912, 93, 4, 141, 7, 215, 228, 368, 17, 416, 51, 729, 172, 689, 287,
	133, 162, 16, 187, 111, 295, 747, 96, 564, 269, 170, 492, 217, 324, 375, 85,
	302, 36, 202, 191, 89, 1487, 271, 619, 110, 174, 453, 19, 106, 55, 64, 0,
	37, 40, 262, 65, 45, 633, 264, 103, 656, 158, 101, 261, 117, 121, 3, 439,
	161, 293, 232, 113, 406, 366, 57, 52, 160, 62, 501, 353, 99, 422, 480, 367,
	522, 165, 731, 136, 525, 168, 645, 509, 102, 357, 413, 46, 140, 28, 186, 154,
	86, 6, 73, 192, 144, 66, 71, 356, 1512, 335, 70, 184, 21, 278, 477, 34,
	749, 83, 194, 124, 49, 265, 39, 574, 43, 56, 167, 249, 454, 371, 126, 13,
	387, 47, 308, 2, 426, 382, 388, 351, 349, 27, 199, 846, 95, 300, 114, 552,
	1101, 333, 134, 58, 314, 149, 481, 1004, 307, 41, 490, 219, 224, 631, 179, 185,
	479, 131, 30, 9, 116, 80, 81, 90, 59, 515, 72, 128, 260, 190, 22, 233,
	381, 29, 517, 12, 275, 78, 195, 11, 67, 726, 169, 44, 240, 107, 75, 18,
}

// partitions takes n of the numbers, evenly: n is a power of two.
func partitions(n int) []int32 {
	numbers := make([]int32, n)
	for i := range numbers {
		numbers[i] = partitionNumbers[i*(MaxPartitions/n)]
	}
	return numbers
}

// checkPartitions refuses a number of partitions that would not spread evenly.
func checkPartitions(n int) error {
	if n < 1 || n > MaxPartitions || n&(n-1) != 0 {
		return fmt.Errorf("database: %d partitions: it has to be a power of two from 1 to %d", n, MaxPartitions)
	}
	return nil
}
