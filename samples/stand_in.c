/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does nothing, successfully. Samples give it the name of a program that would do
 * harm, or that this machine may not have.
 */
int main(void)
{
	return 0;
}
